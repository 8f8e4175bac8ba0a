/// What counts as an evaluation of a benchmark table.
package enum SamplingRule: String, Codable, Hashable, Sendable, CaseIterable {
  /// Any string may be proposed, any number of times, and each proposal counts: the papers' rule.
  case strings
  /// One string stands for each graph, the lowest row; a graph seen before costs nothing.
  case graphs

  /// Repeats in a row after which a graph is drawn at random.
  package static let repeatsBeforeDraw = 50
  /// Repeats in a row after which a search ends.
  package static let repeatsBeforeEnd = 500
}
