internal import Architectures
internal import ArgumentParser
internal import Datasets
internal import Domain
internal import Engine
internal import Foundation
internal import Strategies
internal import Training

/// `atelier bench policy`: what ENAS' controller is worth on weights at rest, and what the search costs.
struct BenchPolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Search enas-micro; the policy's paths against uniform ones.",
    discussion: """
      On the final shared weights, paths drawn by the policy and uniform ones are scored on all validation \
      rows and compared by a one-sided Mann-Whitney test. Also: paths drawn and scored on one minibatch a \
      minute, and the search's time beside that of training its answer alone for as many epochs. Without \
      --data on the built-in digits.
      """)

  @Option(help: "Data set by name, of the folder --data.")
  var dataset = "digits"
  @Option(help: "Folder that holds the data set.")
  var data: String?
  @Option(help: "Searches, from seeds of their own.")
  var seeds = 3
  @Option(help: "Epochs of the shared weights.")
  var epochs = 30
  @Option(help: "Paths of either kind.")
  var paths = 200
  @Option(help: "Rows of a minibatch.")
  var batchSize = 128

  func validate() throws {
    guard data != nil || dataset == "digits" else {
      throw ValidationError("--dataset \(dataset) also needs --data, the folder that holds it")
    }
  }

  func run() async throws {
    let set = if let data { try await BenchData(dataset, in: data) } else { try BenchData() }
    defer { set.remove() }
    for seed in 1...max(1, seeds) {
      print(try measure(UInt64(seed), set.content, path: set.path).canonical)
    }
  }

  private func measure(_ seed: UInt64, _ data: DatasetContent, path: String) throws -> JSONValue {
    var faults: [Fault] = []
    let parameters = Parameters(
      ["epochs": .number(Double(epochs)), "batch_size": .number(Double(batchSize))],
      for: ENAS.entry.parameters, at: "", faults: &faults)
    if let fault = faults.first { throw ValidationError("\(fault.pointer): \(fault.detail)") }
    let space = ComponentChoice("enas-micro")
    func order(_ role: WorkOrder.Role, _ genotype: Genotype) -> WorkOrder {
      WorkOrder(
        job: "bench", role: role, number: 1, repetition: 0, attempt: 1, seed: seed, space: space,
        genotype: genotype, datasetPath: path, dataset: data,
        schedule: TrainingSchedule(samplesSeen: epochs * data.fittingRows, batchSize: batchSize),
        strategy: ComponentChoice("enas", params: parameters.values), parentWeights: nil,
        weightsFolder: nil, secondsLeft: nil, memoryLimitBytes: 1 << 34,
        numerics: Numerics(
          engineVersion: EngineVersion.current, isa: InstructionSet.best.rawValue, threads: 1))
    }
    let origin = ContinuousClock.now
    let watch = TrainingWatch(clock: { (ContinuousClock.now - origin) / .seconds(1) })
    let findings = PolicyFindings(paths: paths, epochs: epochs)
    let estimator = SupernetEstimator { [findings] order, _ in
      let points = try SpaceRegistry.space(order.space).points
      return MeasuredPolicy(
        search: ENAS(points, parameters, seed: order.seed), findings: findings)
    }
    guard case .completed(let search) = estimator.run(order(.supernet, Genotype([])), watch: watch),
      let answer = search.derivation?.candidates.first?.genotype,
      let test = findings.test
    else { throw ServiceError(.internal, "the search did not complete") }
    guard
      case .completed(let alone) = StandAloneEstimator().run(order(.trial, answer), watch: watch)
    else { throw ServiceError(.internal, "the answer could not be trained alone") }
    let seconds = (search.measured["train_seconds"] ?? 0) - findings.seconds
    let child = alone.measured["train_seconds"] ?? 0
    return [
      "dataset": .string(dataset), "seed": .number(Double(seed)), "epochs": .number(Double(epochs)),
      "paths": .number(Double(paths)), "policy": .number(findings.policy),
      "uniform": .number(findings.uniform), "p": .number(test.pAbove),
      "scored_per_minute": .number(findings.perMinute.rounded()),
      "search_seconds": .number(seconds), "child_seconds": .number(child),
      "search_per_child": .number(child > 0 ? seconds / child : 0),
    ]
  }
}

/// What is measured at a search's last epoch.
private final class PolicyFindings: @unchecked Sendable {
  let paths: Int
  let epochs: Int
  /// Mean validation accuracies.
  var policy = 0.0
  var uniform = 0.0
  var test: MannWhitney?
  var perMinute = 0.0
  /// Seconds that the measurements took.
  var seconds = 0.0

  init(paths: Int, epochs: Int) {
    self.paths = paths
    self.epochs = epochs
  }

  /// Scores paths of both kinds, the weights at rest.
  func measure(_ search: ENAS, on shared: SharedWeights) throws {
    let start = ContinuousClock.now
    var generator = SeededGenerator(jobSeed: shared.seed, purpose: .sample)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
    let drawn = try (0..<paths).map { _ in
      try shared.score(search.controller.sample(using: &generator).genotype).accuracy
    }
    let others = try (0..<paths).map { _ in
      try shared.score(.random(in: shared.space.points, using: &generator)).accuracy
    }
    (policy, uniform, test) = (mean(drawn), mean(others), MannWhitney(drawn, against: others))
    let timed = ContinuousClock.now
    for _ in 0..<paths {
      let path = search.controller.sample(using: &generator).genotype
      _ = try shared.score(path, batches: 1)
    }
    let spent = (ContinuousClock.now - timed) / .seconds(1)
    perMinute = 60 * Double(paths) / spent
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }
}

/// ENAS that is measured at its last epoch.
private struct MeasuredPolicy: SupernetSearch {
  var search: ENAS
  let findings: PolicyFindings

  init(search: ENAS, findings: PolicyFindings) {
    (self.search, self.findings) = (search, findings)
  }

  init(from decoder: any Decoder) throws {
    self.init(search: try ENAS(from: decoder), findings: PolicyFindings(paths: 0, epochs: 0))
  }

  func encode(to encoder: any Encoder) throws { try search.encode(to: encoder) }

  var settings: SharedWeights.Settings { search.settings }

  mutating func advance(
    _ shared: SharedWeights, epoch: Int, of epochs: Int
  ) throws -> [String: Double?] {
    let metrics = try search.advance(shared, epoch: epoch, of: epochs)
    if epoch + 1 == epochs { try findings.measure(search, on: shared) }
    return metrics
  }

  func answers(_ shared: SharedWeights) throws -> [ScoredGenotype] { try search.answers(shared) }
}
