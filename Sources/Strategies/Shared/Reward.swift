internal import Domain

/// The scalar a strategy learns from: the first objective's metric, so that larger is better.
///
/// A trial that did not complete, misses the metric or breaks a limit has none: it counts as worst.
struct Reward: Codable, Hashable, Sendable {
  private let objectives: [Objective]

  /// - Parameter objectives: what the job optimises; empty means accuracy.
  init(_ objectives: [Objective]) {
    self.objectives = objectives.isEmpty ? [Objective(.accuracy, .maximise)] : objectives
  }

  /// The reward of a finished trial; nil is worse than any number.
  func callAsFunction(_ trial: Trial) -> Double? {
    guard trial.state == .completed else { return nil }
    for objective in objectives {
      guard let limit = objective.limit else { continue }
      guard let value = trial.metrics[objective.metricName] else { return nil }
      let keeps = objective.goal == .maximise ? value >= limit : value <= limit
      if !keeps { return nil }
    }
    guard let value = trial.metrics[objectives[0].metricName], value.isFinite else { return nil }
    return objectives[0].goal == .maximise ? value : -value
  }
}
