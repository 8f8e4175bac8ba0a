package import Domain

/// How many steps a training takes, and where its epochs end.
package struct TrainingLength: Hashable, Sendable {
  /// Steps in all, at least one.
  package let steps: Int
  package let stepsPerEpoch: Int

  /// Whole epochs drop their last partial batch each; what is left of the samples is cut to batches.
  package init(_ schedule: TrainingSchedule, rows: Int, batch: Int) {
    stepsPerEpoch = max(1, rows / max(1, batch))
    let (whole, rest) = max(0, schedule.samplesSeen).quotientAndRemainder(dividingBy: max(1, rows))
    steps = max(1, whole * stepsPerEpoch + rest / max(1, batch))
  }

  /// The epoch, from 1, that is over once `done` steps are; nil in the middle of one.
  package func epochEnding(after done: Int) -> Int? {
    guard done % stepsPerEpoch == 0 || done == steps else { return nil }
    return (done + stepsPerEpoch - 1) / stepsPerEpoch
  }
}
