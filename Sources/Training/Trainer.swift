package import Datasets
package import Domain
package import Engine

/// Trains one network by a schedule and measures it at each epoch's end.
package struct Trainer {
  /// How a training ended.
  package enum Ending: Hashable, Sendable {
    case finished
    /// The watcher had seen enough.
    case stopped
    case cancelled
    /// The loss is no number any more, in words.
    case diverged(String)
  }

  private let execution: Execution
  private let schedule: TrainingSchedule
  private let training: TrainingBatches
  private let validation: EvaluationBatches?
  private let dropoutSeed: UInt64
  private let length: TrainingLength
  private let watch: TrainingWatch
  private let start: Double
  private let deadline: Double?
  /// Measurements so far, one an epoch.
  package private(set) var curve: [Measurement] = []

  /// Makes a training ready.
  ///
  /// - Parameters:
  ///   - validation: rows to measure at each epoch's end; nil: training figures alone.
  ///   - start: when the order began, on the watch's clock; measurements count from it.
  ///   - deadline: when to give up, on the same clock.
  package init(
    _ execution: Execution, _ schedule: TrainingSchedule, training: TrainingBatches,
    validation: EvaluationBatches?, dropoutSeed: UInt64, watch: TrainingWatch, start: Double,
    deadline: Double?
  ) {
    self.execution = execution
    self.schedule = schedule
    self.training = training
    self.validation = validation
    self.dropoutSeed = dropoutSeed
    self.watch = watch
    self.start = start
    self.deadline = deadline
    length = TrainingLength(schedule, rows: training.rowCount, batch: training.batchSize)
  }

  /// Trains to the end, or until the watcher, a cancel or the deadline ends it within one minibatch.
  package mutating func run() -> Ending {
    let rate = Schedule(
      schedule.decay == .cosine ? .cosine : .constant, base: Float(schedule.learningRate))
    var score = Score()
    for step in 0..<length.steps {
      if isOver() { return .cancelled }
      training.fill(step: step, inputs: execution.inputs, labels: execution.labels)
      let result = execution.train(
        learningRate: rate.learningRate(step: step, of: length.steps), step: step,
        seed: dropoutSeed, progress: Double(step) / Double(max(1, length.steps - 1)))
      score.add(result)
      guard result.lossSum.isFinite else {
        return diverge(score, nil, step: step, "the training loss is \(result.loss)")
      }
      guard let epoch = length.epochEnding(after: step + 1) else { continue }
      var validated: Score?
      if let validation {
        validated = Score.evaluate(execution, on: validation, isOver: isOver)
        guard let validated else { return .cancelled }
        guard validated.lossSum.isFinite else {
          return diverge(score, validated, step: step, "the validation loss is \(validated.loss)")
        }
      }
      switch measure(epoch, score, validated) {
      case .continue: break
      case .stop: return step + 1 == length.steps ? .finished : .stopped
      case .cancel: return .cancelled
      }
      score = Score()
    }
    return .finished
  }

  /// True once the training must end without a result.
  package func isOver() -> Bool {
    if watch.isCancelled() { return true }
    guard let deadline else { return false }
    return watch.clock() >= deadline
  }

  private mutating func diverge(
    _ score: Score, _ validated: Score?, step: Int, _ what: String
  ) -> Ending {
    let epoch = step / length.stepsPerEpoch + 1
    _ = measure(epoch, score, validated)
    return .diverged("\(what) at step \(step + 1) of \(length.steps), in epoch \(epoch)")
  }

  private mutating func measure(_ epoch: Int, _ score: Score, _ validated: Score?) -> Verdict {
    func number(_ value: Double) -> Double? { value.isFinite ? value : nil }
    var metrics: [String: Double?] = [
      MetricName.trainLoss: number(score.loss), MetricName.trainAccuracy: score.accuracy,
    ]
    if let validated {
      metrics[MetricName.validationLoss] = .some(number(validated.loss))
      metrics[MetricName.validationAccuracy] = .some(validated.accuracy)
    }
    let measurement = Measurement(epoch: epoch, metrics: metrics, seconds: watch.clock() - start)
    curve.append(measurement)
    return watch.report(measurement)
  }
}
