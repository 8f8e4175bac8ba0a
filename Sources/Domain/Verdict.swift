/// What the one who watches a training says to a measurement.
package enum Verdict: String, Codable, Hashable, Sendable {
  case `continue`
  /// End here; what was measured counts.
  case stop
  /// End here; nothing of it counts.
  case cancel
}
