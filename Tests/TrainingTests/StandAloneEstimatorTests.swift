import Architectures
import Domain
import Engine
import Foundation
import Testing
import Training

@Suite struct StandAloneEstimatorTests {
  private let fixture: Fixture
  private let weights: String

  init() throws {
    fixture = try Fixture()
    weights = fixture.folder + "/weights"
  }

  /// An order on the digits with a small cell; 4 epochs unless said otherwise.
  private func order(
    _ role: WorkOrder.Role = .trial, number: Int = 1, repetition: Int = 0, attempt: Int = 1,
    seed: UInt64 = 0, width: Int = 8, epochs: Double = 4, rate: Double = 0.1,
    space name: String = "nasbench201-cell", params: [String: JSONValue]? = nil,
    code: String? = nil, hurdles: [Hurdle] = [], parent: String? = nil, keepsWeights: Bool = false,
    secondsLeft: Double? = nil, memory: Int = 1 << 30, isa: String = InstructionSet.best.rawValue
  ) throws -> WorkOrder {
    let space = try #require(SpaceRegistry.all[name])
    let choice = ComponentChoice(name, params: params ?? ["width": .number(Double(width))])
    var faults: [Fault] = []
    let parameters = Parameters(
      choice.params, for: space.parameters, at: "", faults: &faults)
    let genotype = try space.make(parameters).genotype(
      of: code
        ?? "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|none~1|nor_conv_3x3~2|"
    )
    return WorkOrder(
      job: "job_1", role: role, number: number, repetition: repetition, attempt: attempt,
      seed: seed, space: choice, genotype: genotype, datasetPath: fixture.path,
      dataset: fixture.content,
      schedule: TrainingSchedule(
        samplesSeen: Int(epochs * Double(fixture.content.fittingRows)), learningRate: rate),
      hurdles: hurdles, parentWeights: parent, weightsFolder: keepsWeights ? weights : nil,
      secondsLeft: secondsLeft,
      memoryLimitBytes: memory,
      numerics: Numerics(engineVersion: EngineVersion.current, isa: isa, threads: 1))
  }

  private func completed(
    _ order: WorkOrder, _ estimator: StandAloneEstimator = StandAloneEstimator(),
    _ watcher: Watcher = Watcher()
  ) throws -> Evaluation {
    let outcome = estimator.run(order, watch: watcher.watch)
    guard case .completed(let evaluation) = outcome else {
      Issue.record("\(outcome)")
      throw ServiceError(.internal, "not completed")
    }
    return evaluation
  }

  @Test func `a hurdle that is missed ends the trial there, and says by how much`() throws {
    let low = Hurdle(epoch: 1, minimum: 0.01, reason: "the median of 5 trials")
    let high = Hurdle(epoch: 2, minimum: 1.5, reason: "the median of 6 trials")
    let outcome = try StandAloneEstimator().run(
      order(hurdles: [low, high]), watch: Watcher().watch)
    guard case .stopped(let reason, let evaluation) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(evaluation.curve.map(\.epoch) == [1, 2])
    #expect(evaluation.metrics[MetricName.searchAccuracy] == nil && evaluation.weights == nil)
    #expect(reason.hasPrefix("after epoch 2 its best validation accuracy 0."))
    #expect(reason.hasSuffix("is below 1.5, the median of 6 trials"))
    let whole = try completed(order(hurdles: [low]))
    #expect(whole.curve.count == 4)
  }

  @Test func `a trial on the digits learns and brings the metrics of its role`() throws {
    let watcher = Watcher()
    let evaluation = try completed(order(), StandAloneEstimator(), watcher)
    #expect(try #require(evaluation.metrics[MetricName.searchAccuracy]) > 0.85)
    #expect(
      evaluation.metrics.keys.sorted() == [
        "density", "macs", "parameters", "search_accuracy", "search_loss",
      ])
    #expect(evaluation.measured.keys.sorted() == ["arena_bytes", "plan_seconds", "train_seconds"])
    #expect(evaluation.curve.map(\.epoch) == [1, 2, 3, 4])
    #expect(evaluation.curve == watcher.measurements)
    #expect(
      evaluation.curve.last?.metrics[MetricName.validationAccuracy]
        == evaluation.metrics[MetricName.searchAccuracy])
    #expect(evaluation.fingerprint.hasPrefix("a1-"))
    #expect(evaluation.weights == nil)
  }

  @Test func `trials keep all paths, and the final phase drops some`() throws {
    func curve(_ role: WorkOrder.Role, keep: Double) throws -> [Double?] {
      let order = try order(
        role, epochs: 2, space: "nasnet-cell",
        params: ["keep": .number(keep), "filters": 4, "blocks": 1],
        code: "sep_3x3(0)+conv_3x3(1) | conv_3x3(0)+max_3x3(1)")
      return try completed(order).curve.map { $0.metrics[MetricName.trainLoss] ?? nil }
    }
    #expect(try curve(.trial, keep: 0.5) == curve(.trial, keep: 1))
    #expect(try curve(.selection, keep: 0.5) != curve(.selection, keep: 1))
  }

  @Test func `a selection brings its validation accuracy`() throws {
    let evaluation = try completed(order(.selection, epochs: 0.5))
    #expect(
      evaluation.metrics.keys.sorted()
        == ["density", "macs", "parameters", "validation_accuracy", "validation_loss"])
    #expect(evaluation.curve.map(\.epoch) == [1])
  }

  @Test func `the same order gives the same bits, on a fresh estimator or a used one`() throws {
    let used = StandAloneEstimator()
    let first = try completed(order(epochs: 1, keepsWeights: true), used)
    _ = try completed(order(.test, number: 2, epochs: 0.2), used)
    #expect(try completed(order(attempt: 2, epochs: 1, keepsWeights: true), used) == first)
    #expect(try completed(order(epochs: 1, keepsWeights: true)) == first)
    #expect(first.weights != nil)
    for other in [
      try order(number: 2, epochs: 1, keepsWeights: true),
      try order(seed: 1, epochs: 1, keepsWeights: true),
      try order(.selection, epochs: 1, keepsWeights: true),
    ] {
      #expect(try completed(other, used).weights != first.weights)
    }
  }

  @Test func `stored weights are named by their digest and inherited by name and shape`() throws {
    let parent = try completed(order(keepsWeights: true))
    let digest = try #require(parent.weights)
    let path = weights + "/\(digest).safetensors"
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(Digest.sha256(bytes) == digest)
    #expect(try FileManager.default.contentsOfDirectory(atPath: weights).count == 1)
    #expect(try Safetensors.decode(bytes).count > 10)

    func accuracy(_ parent: String?, width: Int = 8) throws -> Double {
      // One step of hardly any length: what is measured is what was inherited.
      let order = try order(number: 2, width: width, epochs: 0.01, rate: 1e-9, parent: parent)
      return try #require(completed(order).metrics[MetricName.searchAccuracy])
    }
    #expect(try accuracy(path) > 0.8)
    #expect(try accuracy(nil) < 0.5)
    #expect(try accuracy(path, width: 4) < 0.5)
    let missing = StandAloneEstimator().run(
      try order(parent: path + "x"), watch: Watcher().watch)
    guard case .storage(let reason) = missing else {
      Issue.record("\(missing)")
      return
    }
    #expect(reason.contains("cannot read the weights"))
  }

  @Test func `a test trains on train and validation and reads the test split once`() throws {
    let watcher = Watcher()
    let evaluation = try completed(order(.test, epochs: 5), StandAloneEstimator(), watcher)
    #expect(
      evaluation.metrics.keys.sorted() == [
        "density", "macs", "parameters", "test_accuracy", "test_loss",
      ])
    #expect(try #require(evaluation.metrics[MetricName.testAccuracy]) > 0.85)
    #expect(watcher.measurements.allSatisfy { $0.metrics[MetricName.validationAccuracy] == nil })
  }

  @Test func `a damaged test split hurts a test alone, for nothing else reads it`() throws {
    let before = try completed(order(epochs: 0.5))
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: fixture.path))
    let size = try file.seekToEnd()
    try file.seek(toOffset: size - UInt64(4 * fixture.content.testRows))
    try file.write(contentsOf: Data(repeating: 0xFF, count: 4 * fixture.content.testRows))
    try file.close()
    #expect(try completed(order(epochs: 0.5)) == before)
    _ = try completed(order(.selection, epochs: 0.5))
    let outcome = StandAloneEstimator().run(
      try order(.test, epochs: 0.5), watch: Watcher().watch)
    guard case .storage(let reason) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.contains("label -1 is no class"))
  }

  @Test func `a network over the memory limit is infeasible before a step is made`() throws {
    let watcher = Watcher()
    let outcome = StandAloneEstimator().run(try order(memory: 10_000), watch: watcher.watch)
    guard case .infeasible(let reason, let evaluation) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.contains("the limit is 10000"))
    #expect(evaluation?.metrics[MetricName.parameters] != nil)
    #expect(watcher.questions == 0)
  }

  @Test func `an absurd learning rate diverges, with the curve so far`() throws {
    let outcome = StandAloneEstimator().run(try order(rate: 1e30), watch: Watcher().watch)
    guard case .diverged(_, let evaluation) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(evaluation.curve.count == 1)
    #expect(evaluation.metrics[MetricName.searchAccuracy] == nil)
  }

  @Test func `a cancel and the last second end an order without a result`() throws {
    let cancelled = Watcher()
    cancelled.cancelAfter = 7
    #expect(StandAloneEstimator().run(try order(), watch: cancelled.watch) == .cancelled)
    #expect(cancelled.questions == 8)
    let late = Watcher()
    late.pace = 1
    #expect(
      StandAloneEstimator().run(try order(secondsLeft: 4.5), watch: late.watch) == .cancelled)
    #expect(late.questions == 5)
  }

  @Test func `an order for other numerics or without its data fails in words`() throws {
    func reason(_ order: WorkOrder) throws -> String {
      let outcome = StandAloneEstimator().run(order, watch: Watcher().watch)
      guard case .failed(let reason) = outcome else { return "\(outcome)" }
      return reason
    }
    #expect(try reason(order(isa: "mmx")).contains("this processor has no mmx"))
    try FileManager.default.removeItem(atPath: fixture.path)
    #expect(try reason(order()).contains("cannot open"))
  }
}
