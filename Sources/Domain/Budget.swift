/// What a whole job may spend; whichever limit comes first ends the search.
package struct Budget: Codable, Hashable, Sendable {
  package var maxTrials: Int?
  /// Running time, final phase included; pauses and restarts are free.
  package var maxSeconds: Double?
  /// Search accuracy at which the search ends.
  package var targetAccuracy: Double?
  /// Whether trials that repeat a known network, and so cost nothing, use up `maxTrials` too.
  package var countsRepeats: Bool

  package init(
    maxTrials: Int?, maxSeconds: Double? = nil, targetAccuracy: Double? = nil,
    countsRepeats: Bool = false
  ) {
    self.maxTrials = maxTrials
    self.maxSeconds = maxSeconds
    self.targetAccuracy = targetAccuracy
    self.countsRepeats = countsRepeats
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    maxTrials = try container.decodeIfPresent(Int.self, forKey: .maxTrials)
    maxSeconds = try container.decodeIfPresent(Double.self, forKey: .maxSeconds)
    targetAccuracy = try container.decodeIfPresent(Double.self, forKey: .targetAccuracy)
    // Requests stored by the first release, which trained every trial, have no such member.
    countsRepeats = try container.decodeIfPresent(Bool.self, forKey: .countsRepeats) ?? true
  }

  private enum CodingKeys: String, CodingKey {
    case maxTrials = "max_trials"
    case maxSeconds = "max_seconds"
    case targetAccuracy = "target_accuracy"
    case countsRepeats = "count_repeats"
  }
}
