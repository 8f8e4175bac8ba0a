import Domain
import Testing
import Training

/// A clock that a test moves, and a count of the questions asked of a watch.
final class Watcher {
  var now = 0.0
  var questions = 0
  var measurements: [Measurement] = []
  /// After how many questions a training is cancelled.
  var cancelAfter = Int.max
  /// What is said to a measurement of an epoch.
  var verdict: (Measurement) -> Verdict = { _ in .continue }
  /// Seconds that pass between two questions.
  var pace = 0.0

  var watch: TrainingWatch {
    TrainingWatch(
      clock: { self.now },
      isCancelled: {
        self.questions += 1
        self.now += self.pace
        return self.questions > self.cancelAfter
      },
      report: { measurement in
        self.measurements.append(measurement)
        return self.verdict(measurement)
      })
  }
}

extension Measurement {
  /// A metric that is there and a number.
  func number(_ name: String) throws -> Double {
    try #require(metrics[name] ?? nil)
  }
}
