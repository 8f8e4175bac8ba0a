internal import Domain

/// Watches a training's accuracies and ends it at the first hurdle it misses.
final class Referee {
  private let hurdles: [Hurdle]
  private var best = -Double.infinity
  /// Which hurdle was missed and by what, in words; nil while none was.
  private(set) var missed: String?

  init(_ hurdles: [Hurdle]) {
    self.hurdles = hurdles
  }

  /// A watch that also judges.
  func watch(_ watch: TrainingWatch) -> TrainingWatch {
    TrainingWatch(clock: watch.clock, isCancelled: watch.isCancelled) { measurement in
      let verdict = watch.report(measurement)
      guard verdict == .continue else { return verdict }
      return self.judge(measurement)
    }
  }

  private func judge(_ measurement: Measurement) -> Verdict {
    if let accuracy = measurement.metrics[MetricName.validationAccuracy] ?? nil {
      best = max(best, accuracy)
    }
    guard let hurdle = hurdles.first(where: { $0.epoch == measurement.epoch }),
      best < hurdle.minimum
    else { return .continue }
    missed = """
      after epoch \(hurdle.epoch) its best validation accuracy \(Referee.round(best)) is below \
      \(Referee.round(hurdle.minimum)), \(hurdle.reason)
      """
    return .stop
  }

  private static func round(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
