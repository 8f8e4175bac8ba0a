/// What a whole job may spend; whichever limit comes first ends the search.
package struct Budget: Codable, Hashable, Sendable {
  package var maxTrials: Int?
  /// Running time, final phase included; pauses and restarts are free.
  package var maxSeconds: Double?
  /// Search accuracy at which the search ends.
  package var targetAccuracy: Double?

  package init(maxTrials: Int?, maxSeconds: Double? = nil, targetAccuracy: Double? = nil) {
    self.maxTrials = maxTrials
    self.maxSeconds = maxSeconds
    self.targetAccuracy = targetAccuracy
  }

  private enum CodingKeys: String, CodingKey {
    case maxTrials = "max_trials"
    case maxSeconds = "max_seconds"
    case targetAccuracy = "target_accuracy"
  }
}
