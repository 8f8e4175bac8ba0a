package import Domain

/// What a training asks and tells while it runs: the time, whether to go on, how it does.
package struct TrainingWatch {
  /// Seconds on a clock that only goes forward.
  package let clock: () -> Double
  /// True once the order was cancelled; asked before every minibatch.
  package let isCancelled: () -> Bool
  /// Takes the measurement at an epoch's end.
  package let report: (Measurement) -> Verdict

  package init(
    clock: @escaping () -> Double, isCancelled: @escaping () -> Bool = { false },
    report: @escaping (Measurement) -> Verdict = { _ in .continue }
  ) {
    self.clock = clock
    self.isCancelled = isCancelled
    self.report = report
  }
}
