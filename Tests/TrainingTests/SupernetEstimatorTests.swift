import Domain
import Engine
import Foundation
import Testing
import Training

@Suite struct SupernetEstimatorTests {
  private let fixture: Fixture

  init() throws {
    fixture = try Fixture()
  }

  private func order(
    round: Int = 1, seed: UInt64 = 0, checkpoint: String? = nil, secondsLeft: Double? = nil,
    memory: Int = 1 << 30, threads: Int = 1, width: Double = 4
  ) -> WorkOrder {
    WorkOrder(
      job: "job_1", role: .supernet, number: round, repetition: 0, attempt: 1, seed: seed,
      space: ComponentChoice(
        "nasbench201-cell", params: ["width": .number(width), "operations": "few"]),
      genotype: Genotype([]), datasetPath: fixture.path, dataset: fixture.content,
      schedule: TrainingSchedule(samplesSeen: fixture.content.fittingRows),
      strategy: ComponentChoice("toy"), checkpoint: checkpoint.map { fixture.folder + "/" + $0 },
      parentWeights: nil, weightsFolder: nil, secondsLeft: secondsLeft, memoryLimitBytes: memory,
      numerics: Numerics(
        engineVersion: EngineVersion.current, isa: InstructionSet.best.rawValue, threads: threads))
  }

  private func estimator(epochs: Int = 4) -> SupernetEstimator {
    SupernetEstimator { _, saved in
      try saved.map { try JSONDecoder().decode(ToyPaths.self, from: $0) }
        ?? ToyPaths(epochs: epochs)
    }
  }

  private func completed(_ outcome: Outcome) throws -> Evaluation {
    guard case .completed(let evaluation) = outcome else {
      Issue.record("\(outcome)")
      throw ServiceError(.internal, "not completed")
    }
    return evaluation
  }

  /// What must not depend on time or interruptions, as JSON.
  private func lasting(_ evaluation: Evaluation) throws -> String {
    struct Lasting: Encodable {
      let metrics: [String: Double]
      let derivation: Derivation?
      let curve: [[String: Double?]]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(
      decoding: try encoder.encode(
        Lasting(
          metrics: evaluation.metrics, derivation: evaluation.derivation,
          curve: evaluation.curve.map(\.metrics))), as: UTF8.self)
  }

  /// Whether two evaluations are equal in what must not depend on time or interruptions.
  private func agree(_ one: Evaluation, _ other: Evaluation) throws -> Bool {
    try lasting(one) == lasting(other)
  }

  @Test func `an order brings answers, draws for comparison and probes of all ranks`() throws {
    let watcher = Watcher()
    let evaluation = try completed(estimator().run(order(), watch: watcher.watch))
    #expect(watcher.measurements.map(\.epoch) == [1, 2, 3, 4])
    #expect(evaluation.curve.count == 4 && evaluation.metrics["epochs"] == 4)
    let candidates = try #require(evaluation.derivation).candidates
    let draws = candidates.filter { $0.purposes.contains(.control) }
    let probes = candidates.filter { $0.purposes.contains(.probe) }
    #expect(candidates.filter { $0.purposes == [.derived] }.count == 3)
    #expect(draws.count == 30 && !probes.isEmpty && probes.count <= 24)
    #expect(probes.allSatisfy { $0.purposes == [.control, .probe] })
    let accuracies = draws.compactMap { $0.metrics[MetricName.searchAccuracy] }
    let probed = probes.compactMap { $0.metrics[MetricName.searchAccuracy] }
    #expect(accuracies.count == 30)
    let ranked = accuracies.sorted()
    #expect(probed.contains { $0 <= ranked[7] } && probed.contains { $0 >= ranked[22] })
    #expect(try #require(evaluation.measured["child_seconds_per_sample"]) > 0)
  }

  @Test func `rounds and seeds have weights of their own`() throws {
    let first = try completed(estimator(epochs: 1).run(order(), watch: Watcher().watch))
    let again = try completed(estimator(epochs: 1).run(order(), watch: Watcher().watch))
    #expect(try agree(first, again))
    for other in [order(round: 2), order(seed: 1)] {
      let evaluation = try completed(estimator(epochs: 1).run(other, watch: Watcher().watch))
      #expect(try !agree(evaluation, first))
    }
  }

  @Test func `stopped anywhere and taken up again, it ends the same`() throws {
    let whole = try completed(estimator().run(order(), watch: Watcher().watch))
    for stop in [1, 7, 23, 40, 61] {
      let name = "stop-\(stop)"
      var rounds = 0
      var ended: Outcome = .cancelled
      while case .cancelled = ended, rounds < 100 {
        let watcher = Watcher()
        // The first attempts are cut at their place, later ones an epoch further on.
        watcher.cancelAfter = stop + 25 * rounds
        ended = estimator().run(order(checkpoint: name), watch: watcher.watch)
        rounds += 1
      }
      #expect(rounds > 1)
      #expect(try agree(completed(ended), whole), "stopped at \(stop)")
    }
  }

  @Test func `a checkpoint that is damaged or another order's counts as none`() throws {
    let whole = try completed(estimator(epochs: 2).run(order(), watch: Watcher().watch))
    let path = fixture.folder + "/damaged"
    for damage in ["", "{}\n", "no line"] {
      try Data(damage.utf8).write(to: URL(fileURLWithPath: path))
      let outcome = estimator(epochs: 2).run(
        order(checkpoint: "damaged"), watch: Watcher().watch)
      #expect(try agree(completed(outcome), whole))
    }
    _ = try completed(
      estimator(epochs: 2).run(order(seed: 3, checkpoint: "other"), watch: Watcher().watch))
    let outcome = estimator(epochs: 2).run(order(checkpoint: "other"), watch: Watcher().watch)
    #expect(try agree(completed(outcome), whole))
    // A byte of the weights is another.
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count - 5] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    let again = estimator(epochs: 2).run(order(checkpoint: "damaged"), watch: Watcher().watch)
    #expect(try agree(completed(again), whole))
  }

  @Test func `a checkpoint that cannot be written is a fault of the storage, told with its place`()
    throws
  {
    try Data("in the way".utf8).write(to: URL(fileURLWithPath: fixture.folder + "/file"))
    let watcher = Watcher()
    let outcome = estimator(epochs: 2).run(order(checkpoint: "file/round"), watch: watcher.watch)
    guard case .storage(let reason) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.contains(fixture.folder + "/file"))
    #expect(watcher.measurements.isEmpty, "an epoch that is not kept is not told")
  }

  @Test func `epochs are cut to the seconds, and it says so`() throws {
    let watcher = Watcher()
    watcher.pace = 0.01
    let evaluation = try completed(
      estimator(epochs: 400).run(order(secondsLeft: 2), watch: watcher.watch))
    let epochs = evaluation.curve.count
    #expect(epochs > 1 && epochs < 12)
    let warnings = try #require(evaluation.derivation).warnings
    #expect(warnings.contains("the time was enough for \(epochs) of 400 epochs"))
    #expect(try #require(evaluation.measured["train_seconds"]) < 2)
  }

  @Test func `a supernet that does not fit the memory is refused before anything runs`() throws {
    let watcher = Watcher()
    let outcome = estimator().run(order(memory: 10_000), watch: watcher.watch)
    guard case .infeasible(let reason, let evaluation) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.contains("the limit is 10000") && watcher.questions == 0)
    #expect(try #require(evaluation?.measured["arena_bytes"]) > 10_000)
  }

  @Test func `two threads learn the same to rounding`() throws {
    let one = try completed(
      estimator(epochs: 1).run(order(width: 16), watch: Watcher().watch))
    let two = try completed(
      estimator(epochs: 1).run(order(threads: 2, width: 16), watch: Watcher().watch))
    let losses = try [one, two].map { try $0.curve[0].number(MetricName.trainLoss) }
    #expect(abs(losses[0] - losses[1]) < 1e-2)
  }
}
