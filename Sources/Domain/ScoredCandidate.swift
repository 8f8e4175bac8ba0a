/// A candidate that shared weights have scored already, so that nothing of it is trained.
package struct ScoredCandidate: Codable, Hashable, Sendable {
  /// What a candidate is handed on for.
  package enum Purpose: String, Codable, Sendable {
    /// The search's own answer.
    case derived
    /// A uniform draw, to compare the answer with.
    case control
    /// Chosen by rank among uniform draws, to measure how far the scores can be trusted.
    case probe
    /// Among the best of a warm start's draws.
    case start
  }

  package let genotype: Genotype
  /// Every purpose it serves, in the order of the cases.
  package let purposes: [Purpose]
  /// `search_accuracy` and `search_loss` on the whole validation split, by shared weights; of a warm
  /// start: what its proxy says.
  package let metrics: [String: Double]

  package init(genotype: Genotype, purposes: [Purpose], metrics: [String: Double]) {
    self.genotype = genotype
    self.purposes = purposes
    self.metrics = metrics
  }
}
