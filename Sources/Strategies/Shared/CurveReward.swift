internal import Domain

/// The reward a controller learns from: the best validation accuracy of a trial's last epochs, to a power.
///
/// A trial that was pruned or cancelled says nothing and has none; one that failed, diverged, is
/// infeasible or breaks a limit has the worst there is. Other objectives than accuracy are squeezed
/// into −1…1, the worst being −1.
///
/// - Source: Zoph & Le 2016, arXiv:1611.01578, §4.1 (maximum over the last 5 epochs, cubed).
struct CurveReward: Codable, Hashable, Sendable {
  private let objective: Objective
  private let base: Reward
  private let epochs: Int
  private let power: Int

  init(_ objectives: [Objective], epochs: Int, power: Int) {
    objective = objectives.first ?? Objective(.accuracy, .maximise)
    base = Reward(objectives)
    self.epochs = epochs
    self.power = power
  }

  /// nil: nothing is learned from this trial.
  func callAsFunction(_ trial: Trial) -> Double? {
    switch trial.state {
    case .pending, .running, .cancelled, .stoppedEarly: return nil
    case .completed, .infeasible, .diverged, .failed: break
    }
    guard objective.metric == .accuracy, objective.goal == .maximise else {
      return base(trial).map { $0 / (1 + abs($0)) } ?? -1
    }
    guard let last = base(trial) else { return 0 }
    let curve = trial.curve.suffix(epochs).compactMap { measurement in
      (measurement.metrics[MetricName.validationAccuracy] ?? nil).flatMap { $0.isFinite ? $0 : nil }
    }
    let best = max(0, curve.max() ?? last)
    return (0..<power).reduce(1) { product, _ in product * best }
  }
}
