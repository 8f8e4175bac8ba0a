import Architectures
import Datasets
import Domain
import Engine
import Foundation
import Testing
import Training

@Suite struct InheritanceTests {
  private let fixture: Fixture
  private let folder: String

  init() throws {
    fixture = try Fixture()
    folder = fixture.folder + "/weights"
  }

  private func order(
    _ space: String, _ code: String, number: Int = 1, epochs: Double = 3, rate: Double = 0.1,
    parent: (weights: String, code: String)? = nil
  ) throws -> WorkOrder {
    let choice = ComponentChoice(space)
    let genotype = try SpaceRegistry.space(choice).genotype(of:)
    return WorkOrder(
      job: "job_1", role: .trial, number: number, repetition: 0, attempt: 1, seed: 0,
      space: choice, genotype: try genotype(code), datasetPath: fixture.path,
      dataset: fixture.content,
      schedule: TrainingSchedule(
        samplesSeen: Int(epochs * Double(fixture.content.fittingRows)), learningRate: rate),
      parentWeights: parent.map { folder + "/\($0.weights).safetensors" },
      parentGenotype: try parent.map { try genotype($0.code) }, weightsFolder: folder,
      secondsLeft: nil, memoryLimitBytes: 1 << 30,
      numerics: Numerics(
        engineVersion: EngineVersion.current, isa: InstructionSet.best.rawValue, threads: 1))
  }

  private func completed(_ order: WorkOrder) throws -> Evaluation {
    let outcome = StandAloneEstimator().run(order, watch: Watcher().watch)
    guard case .completed(let evaluation) = outcome else {
      throw ServiceError(.internal, "\(outcome)")
    }
    return evaluation
  }

  private func stored(_ evaluation: Evaluation) throws -> Weights {
    let path = "\(folder)/\(try #require(evaluation.weights)).safetensors"
    return try Safetensors.decode([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
  }

  /// Class scores of the validation rows and the share of correct ones, without a step of training.
  private func measured(
    _ order: WorkOrder, _ weights: (Weights) throws -> Weights
  ) throws -> (scores: [Float], accuracy: Double) {
    let architecture = try SpaceRegistry.decode(
      order.space, order.genotype, input: fixture.content.shape, classes: 10)
    let (graph, logits) = try architecture.graph()
    let run = try Execution(
      Plan(
        graph, logits: logits, batch: 64,
        optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 0)))
    run.initialise(seed: 1)
    try run.load(weights(run.weights()))
    let split = try fixture.split()
    let batches = EvaluationBatches(
      split.validation, Normalisation(fitting: split.train), batchSize: 64)
    var scores: [Float] = []
    var correct = 0
    for batch in 0..<batches.count {
      let rows = batches.fill(batch, inputs: run.inputs, labels: run.labels)
      correct += run.evaluate(rows: rows).correct
      scores += run.logits.prefix(rows * 10)
    }
    return (scores, Double(correct) / Double(batches.rowCount))
  }

  private let small = "conv-8-3 pool conv-8-3 fc-16"

  @Test func `a grown child computes what its parent does, with noise nearly`() throws {
    let parent = try order("eas-chain", small, epochs: 5)
    let evaluation = try completed(parent)
    let weights = try stored(evaluation)
    let before = try measured(parent) { _ in weights }
    #expect(before.accuracy > 0.9)
    for (number, code) in [
      "conv-12-3 pool conv-8-3 fc-24", "conv-24-3 conv-8-5 pool conv-16-3 conv-8-1 fc-48 fc-32",
      "conv-8-3 conv-8-3 conv-8-3 pool conv-8-5 conv-8-3 fc-16 fc-16",
    ].enumerated() {
      let child = try order(
        "eas-chain", code, number: number + 2,
        parent: (try #require(evaluation.weights), small))
      let exact = try measured(child) {
        try Inheritance.weights(child, stored: weights, own: $0, noise: .none, seed: 4)
      }
      let change = zip(before.scores, exact.scores).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(change <= 1e-4, "\(code)")
      for seed in UInt64(1)...5 {
        let shipped = try measured(child) {
          try Inheritance.weights(child, stored: weights, own: $0, seed: seed)
        }
        #expect(shipped.scores != exact.scores)
        #expect(abs(shipped.accuracy - before.accuracy) <= 0.01, "\(code), seed \(seed)")
      }
    }
  }

  @Test func `two inherited epochs beat two from scratch`() throws {
    let evaluation = try completed(order("eas-chain", small, epochs: 2))
    let weights = try #require(evaluation.weights)
    var generator = SeededGenerator(seed: 12)
    let space = EASChainSpace()
    let points = space.points
    var gains: [Double] = []
    while gains.count < 10 {
      // Any network that grew out of the small one.
      let genotype = Genotype.random(in: points, using: &generator)
      guard try space.descent(of: genotype, from: space.genotype(of: small)) != nil else {
        continue
      }
      let code = space.code(of: genotype)
      let number = gains.count + 2
      let inherited = try completed(
        order("eas-chain", code, number: number, epochs: 2, parent: (weights, small)))
      let fresh = try completed(order("eas-chain", code, number: number, epochs: 2))
      gains.append(
        try #require(inherited.metrics[MetricName.searchAccuracy])
          - (try #require(fresh.metrics[MetricName.searchAccuracy])))
    }
    let mean = gains.reduce(0, +) / 10
    let deviation = (gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 9).squareRoot()
    #expect(mean / (deviation / 10.0.squareRoot()) > 1.833, "t with 9 degrees, p = 0.05: \(gains)")
  }

  @Test func `elsewhere tensors whose name and shape survived are taken over, and no other`() throws
  {
    let code = "(1,1,3,0,0) (2,7,0,0,0)"
    let evaluation = try completed(order("block-qnn", code, epochs: 1))
    let weights = try stored(evaluation)
    let parent = (weights: try #require(evaluation.weights), code: code)
    // One more convolution is inserted behind the first.
    let deeper = try order(
      "block-qnn", "(1,1,3,0,0) (2,1,3,1,0) (3,7,0,0,0)", number: 2, epochs: 0.01, rate: 1e-30,
      parent: parent)
    let child = try stored(completed(deeper))
    for key in weights.keys where !key.contains("running") {
      #expect(child[key] == weights[key], "\(key) has its shape still")
    }
    #expect(child.count > weights.count)
    // Another kernel leaves the convolutions of the block without a fitting parent.
    let other = try order(
      "block-qnn", "(1,1,1,0,0) (2,7,0,0,0)", number: 2, epochs: 0.01, rate: 1e-30, parent: parent)
    let changed = try stored(completed(other))
    let name = "stages.0.blocks.0.layers.1.conv.weight"
    #expect(changed[name]?.shape == [8, 8, 1, 1] && weights[name]?.shape == [8, 8, 3, 3])
    #expect(changed["head.linear.weight"] == weights["head.linear.weight"])
    // Without a parent nothing learned is left.
    let reset = try stored(
      completed(order("block-qnn", code, number: 3, epochs: 0.01, rate: 1e-30)))
    for key in weights.keys where !key.contains("running") {
      #expect(reset[key] != weights[key], "\(key) was drawn anew")
    }
  }
}
