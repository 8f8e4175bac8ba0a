internal import Domain

/// The best observed trials with distinct fingerprints, best first; ties go to the lower number.
///
/// Its members are the finalists if the search ended now, and the trials whose weights are kept.
struct Leaderboard: Sendable {
  let capacity: Int
  private let objectives: [Objective]
  /// Whether only the answers of shared weights stand on it, without draws and probes.
  private let sharesWeights: Bool
  private(set) var entries: [Trial] = []

  init(capacity: Int, objectives: [Objective], sharesWeights: Bool = false) {
    self.sharesWeights = sharesWeights
    self.capacity = max(1, capacity)
    self.objectives = objectives
  }

  /// Takes a finished trial in; returns those that are not on the board any more, or never were.
  mutating func insert(_ trial: Trial) -> [Trial] {
    guard let accuracy = trial.searchAccuracy, let fingerprint = trial.fingerprint,
      objectives.allSatisfy({ $0.keepsLimit(trial.metrics) }), isAnswer(trial.candidate)
    else { return [trial] }
    var evicted: [Trial] = []
    if let twin = entries.firstIndex(where: { $0.fingerprint == fingerprint }) {
      guard Leaderboard.precedes(accuracy, trial.number, entries[twin]) else { return [trial] }
      evicted.append(entries.remove(at: twin))
    }
    let place =
      entries.firstIndex { Leaderboard.precedes(accuracy, trial.number, $0) } ?? entries.count
    entries.insert(trial, at: place)
    if entries.count > capacity { evicted.append(entries.removeLast()) }
    return evicted
  }

  private func isAnswer(_ candidate: Candidate) -> Bool {
    if sharesWeights { return candidate.scores != nil && !candidate.isProbe && !candidate.isRandom }
    return !candidate.isProbe
  }

  /// The best trials with distinct fingerprints among finished ones, best first.
  static func best(_ count: Int, of trials: [Trial], objectives: [Objective]) -> [Trial] {
    var board = Leaderboard(
      capacity: count, objectives: objectives,
      sharesWeights: trials.contains { $0.candidate.scores != nil })
    for trial in trials { _ = board.insert(trial) }
    return board.entries
  }

  private static func precedes(_ accuracy: Double, _ number: Int, _ other: Trial) -> Bool {
    let rival = other.searchAccuracy ?? -1
    return accuracy > rival || (accuracy == rival && number < other.number)
  }
}

extension Objective {
  /// True unless the metric is known and beyond the objective's limit.
  func keepsLimit(_ metrics: [String: Double]) -> Bool {
    guard let limit, let value = metrics[metricName] else { return true }
    return goal == .minimise ? value <= limit : value >= limit
  }
}
