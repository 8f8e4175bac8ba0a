import Datasets
import Domain
import Engine
import Testing
import Training

@Suite struct TrainerTests {
  /// A small convolutional network of the digits, ready to train with a batch of 64.
  private func execution(rate: Double = 0.1) throws -> Execution {
    var graph = Graph()
    var node = graph.input(Shape(height: 8, width: 8, channels: 1))
    node = try graph.apply(
      Conv2D(filters: 8, kernel: (3, 3), padding: (1, 1), bias: false, key: "stem"), [node])
    node = try graph.apply(BatchNorm(affine: true, key: "norm"), [node])
    node = try graph.apply(ReLU(), [node])
    node = try graph.apply(MaxPool(kernel: 2, stride: 2, padding: 0), [node])
    node = try graph.apply(
      Conv2D(filters: 16, kernel: (3, 3), padding: (1, 1), bias: false, key: "second"), [node])
    node = try graph.apply(BatchNorm(affine: true, key: "norm2"), [node])
    node = try graph.apply(ReLU(), [node])
    node = try graph.apply(Linear(units: 10, bias: true, key: "head"), [node])
    let plan = try Plan(
      graph, logits: node, batch: 64,
      optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 5e-4))
    let execution = try Execution(plan)
    execution.initialise(seed: 1)
    return execution
  }

  private func train(
    _ watcher: Watcher, epochs: Double = 4, rate: Double = 0.1, deadline: Double? = nil
  ) throws -> (Trainer.Ending, Trainer, Execution) {
    let split = try Fixture().split()
    let normalisation = Normalisation(fitting: split.train)
    let schedule = TrainingSchedule(
      samplesSeen: Int(epochs * Double(split.train.count)), learningRate: rate)
    let execution = try execution()
    var trainer = Trainer(
      execution, schedule,
      training: TrainingBatches(
        split.train, normalisation, batchSize: 64, augmentation: [], seed: 0, trial: 1),
      validation: EvaluationBatches(split.validation, normalisation, batchSize: 64),
      dropoutSeed: 5, watch: watcher.watch, start: watcher.now, deadline: deadline)
    let ending = trainer.run()
    return (ending, trainer, execution)
  }

  @Test func `a small network learns the digits and reports every epoch`() throws {
    let watcher = Watcher()
    let (ending, trainer, _) = try train(watcher)
    #expect(ending == .finished)
    #expect(trainer.curve.map(\.epoch) == [1, 2, 3, 4])
    #expect(trainer.curve == watcher.measurements)
    let last = try #require(trainer.curve.last)
    #expect(try last.number(MetricName.validationAccuracy) > 0.9)
    #expect(try last.number(MetricName.trainLoss) < trainer.curve[0].number(MetricName.trainLoss))
    #expect(try last.number(MetricName.validationLoss) < 0.4)
    #expect(try last.number(MetricName.trainAccuracy) > 0.9)
  }

  @Test func `the same training twice gives the same bits`() throws {
    let first = try train(Watcher(), epochs: 1.5)
    let second = try train(Watcher(), epochs: 1.5)
    #expect(first.1.curve == second.1.curve)
    #expect(first.2.weights() == second.2.weights())
    #expect(first.1.curve.map(\.epoch) == [1, 2])
  }

  @Test func `a cancel ends it before the next minibatch, in training and in validation`() throws {
    // 16 batches of training, 6 of validation an epoch.
    for count in [5, 18] {
      let watcher = Watcher()
      watcher.cancelAfter = count
      #expect(try train(watcher).0 == .cancelled)
      #expect(watcher.questions == count + 1)
    }
  }

  @Test func `the deadline ends it on the watch's clock`() throws {
    let watcher = Watcher()
    watcher.pace = 1
    #expect(try train(watcher, deadline: 9.5).0 == .cancelled)
    #expect(watcher.questions == 10)
  }

  @Test func `a verdict ends it with or without a result`() throws {
    let watcher = Watcher()
    watcher.verdict = { $0.epoch == 2 ? .stop : .continue }
    #expect(try train(watcher).0 == .stopped)
    #expect(watcher.measurements.count == 2)
    watcher.verdict = { _ in .cancel }
    #expect(try train(watcher).0 == .cancelled)
  }

  @Test func `an absurd learning rate diverges and says where`() throws {
    let watcher = Watcher()
    let (ending, trainer, _) = try train(watcher, rate: 1e30)
    guard case .diverged(let reason) = ending else {
      Issue.record("\(ending)")
      return
    }
    #expect(reason.contains("in epoch 1"))
    #expect(trainer.curve.count == 1)
    #expect(
      trainer.curve[0].metrics[MetricName.trainLoss] == .some(nil) || reason.contains("validation"))
  }
}
