internal import Domain

/// What a job optimises, read for a search that is after one best candidate.
///
/// An objective with a limit is a condition to keep; those without one are optimised. Where every
/// objective has a limit the first is optimised within its own.
struct Aims: Codable, Hashable, Sendable {
  /// All objectives; never empty.
  private let objectives: [Objective]

  /// - Parameter objectives: what the job optimises; empty means accuracy.
  init(_ objectives: [Objective]) {
    self.objectives = objectives.isEmpty ? [Objective(.accuracy, .maximise)] : objectives
  }

  /// The objectives whose values are optimised.
  private var optimised: [Objective] {
    let free = objectives.filter { $0.limit == nil }
    return free.isEmpty ? [objectives[0]] : free
  }

  /// What a finished trial is worth; one refused untrained for breaking limits counts as breaking them.
  func merit(_ trial: Trial) -> Merit {
    let violation = violation(trial)
    switch trial.state {
    case .completed:
      guard let violation, let values = values(trial) else { return .none }
      return violation > 0 ? Merit(.breaking, [-violation]) : Merit(.completed, values)
    case .infeasible:
      return violation.map { $0 > 0 ? Merit(.breaking, [-$0]) : .none } ?? .none
    case .stoppedEarly:
      let last = trial.curve.last?.metrics[MetricName.validationAccuracy] ?? nil
      let value = trial.metrics[MetricName.searchAccuracy] ?? last
      return Merit(.stopped, [value.flatMap { $0.isFinite ? $0 : nil } ?? 0])
    default: return .none
    }
  }

  /// What is optimised, larger is better; nil where a metric is missing.
  private func values(_ trial: Trial) -> [Double]? {
    var values: [Double] = []
    for objective in optimised {
      guard let value = trial.metrics[objective.metricName], value.isFinite else { return nil }
      values.append(objective.oriented(value))
    }
    return values
  }

  /// By how much limits are broken; nil where that cannot be told.
  private func violation(_ trial: Trial) -> Double? {
    var violation = 0.0
    for objective in objectives where objective.limit != nil {
      guard let value = trial.metrics[objective.metricName], value.isFinite else {
        // Of a trial that was not trained only the metrics of its size are known.
        if trial.state == .infeasible { continue }
        return nil
      }
      violation += objective.violation(value)
    }
    return violation
  }
}
