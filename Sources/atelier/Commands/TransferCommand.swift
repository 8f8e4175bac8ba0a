internal import Architectures
internal import ArgumentParser
internal import Datasets
internal import Domain
internal import Foundation
internal import Runner
internal import Store

/// `atelier transfer`: a found architecture restacked on another data set, beside a random one.
struct TransferCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer",
    abstract: "Restack a found architecture on another data set and train it beside a random one.",
    discussion: """
      Parameters of the space that no decision depends on may change: how often cells are stacked, how
      wide they are. No weights go along. A random architecture of the same space is trained with the
      same seeds; validation and test accuracies stand apart. Works beside a running service.
      """)

  @Argument(help: "Architecture id, as in a job's result.")
  var architecture: String

  @Option(help: "Data set to train on, by name.")
  var to: String

  @Option(help: "Folder that holds the job and the data set.")
  var data = "data"

  @Option(name: .customLong("set"), help: "A parameter of the space, as cells=3; may be repeated.")
  var changes: [String] = []

  @Option(help: "Epochs of each training.")
  var epochs: Double?

  @Option(help: "Trainings of each architecture.")
  var seeds = 3

  @Option(help: "Seed of everything random.")
  var seed = 0

  @Flag(help: "Print the result as JSON.")
  var json = false

  @OptionGroup var machine: MachineOptions

  /// What one architecture reached.
  private struct Row {
    let name: String
    let code: String
    let parameters: Int
    let macs: Int
    var validation: [Double] = []
    var test: [Double] = []
  }

  func run() async throws {
    let folder = try DataFolder(existing: data)
    let store = SQLiteJobStore(try Database(path: folder.database))
    guard let record = try await store.architecture(architecture),
      let job = try await store.job(record.job)
    else { throw ServiceError(.unknownResource, "no architecture '\(architecture)' in \(data)") }
    let origin = job.request.space
    let transfer = try Transfer(
      Wiring.catalog.space(origin).code(of: record.genotype), from: origin, changing: try changed())
    let dataset = try await store.dataset(to)
    let request = try JobRequest.resolve(
      body(transfer.space), catalog: Wiring.catalog, dataset: dataset)
    guard let content = dataset?.content, content.table == nil else {
      throw ServiceError(.dataset, "'\(to)' holds no samples to train on")
    }
    var generator = SeededGenerator(jobSeed: UInt64(request.seed), purpose: .control)
    let random = Genotype.random(in: transfer.points, using: &generator)
    let genotypes = [("transferred", transfer.genotype), ("random", random)]
    var rows = try genotypes.map { name, genotype in
      let decoded = try Wiring.catalog.decode(
        transfer.space, genotype, content.shape, content.classes.count)
      return Row(
        name: name, code: decoded.code, parameters: decoded.parameters, macs: decoded.macs)
    }
    let executor = Wiring.executor(
      workers: machine.workers, arguments: ["worker"], log: machine.logger())
    let numerics = try await executor.start()
    let vault = FileDatasetVault(folder: folder.path, limitBytes: machine.uploadLimitBytes)
    var schedule = request.trial
    schedule.samplesSeen = request.final.samplesSeen
    var orders: [WorkOrder] = []
    for (index, candidate) in genotypes.enumerated() {
      for role in [WorkOrder.Role.selection, .test] {
        for repetition in 0..<request.final.seeds {
          orders.append(
            WorkOrder(
              job: "transfer", role: role, number: index + 1, repetition: repetition, attempt: 1,
              seed: UInt64(request.seed), space: transfer.space, genotype: candidate.1,
              datasetPath: vault.path(digest: content.digest), dataset: content,
              schedule: schedule, parentWeights: nil, weightsFolder: nil, secondsLeft: nil,
              memoryLimitBytes: machine.memoryLimitBytes, numerics: numerics))
        }
      }
    }
    let names = rows.map(\.name)
    let outcomes = await withTaskGroup(of: (Int, Outcome).self) { group in
      for (place, order) in orders.enumerated() {
        group.addTask { (place, await executor.run(order) { _ in }) }
      }
      var outcomes: [Int: Outcome] = [:]
      tell("training \(orders.count) networks of \(orders[0].schedule.samplesSeen) samples each")
      for await (place, outcome) in group {
        outcomes[place] = outcome
        tell(
          "\(outcomes.count) of \(orders.count): \(names[orders[place].number - 1]) for "
            + (orders[place].role == .test ? "test" : "validation"))
      }
      return outcomes
    }
    await executor.shutdown()
    for (place, order) in orders.enumerated() {
      guard case .completed(let evaluation) = outcomes[place] else {
        let what = outcomes[place].map { "\($0)" } ?? "nothing"
        throw ServiceError(.internal, "training \(rows[order.number - 1].name) ended as \(what)")
      }
      if order.role == .test {
        rows[order.number - 1].test += [evaluation.metrics[MetricName.testAccuracy] ?? 0]
      } else {
        rows[order.number - 1].validation += [
          evaluation.metrics[MetricName.validationAccuracy] ?? 0
        ]
      }
    }
    let found = try await store.finalRuns(of: job.id)
      .filter { $0.fingerprint == record.fingerprint && $0.stage == .test }
      .compactMap { $0.metrics[MetricName.testAccuracy] }
    report(rows, found: found, on: job.request.dataset, request)
  }

  /// A line of progress, on standard error.
  private func tell(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  /// `--set` options as parameters: whole numbers, numbers, truth values or words.
  private func changed() throws -> [String: JSONValue] {
    var params: [String: JSONValue] = [:]
    for change in changes {
      let parts = change.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ServiceError(.validation, "--set \(change) must be like cells=3")
      }
      params[parts[0]] =
        Double(parts[1]).map(JSONValue.number) ?? Bool(parts[1]).map(JSONValue.bool)
        ?? .string(parts[1])
    }
    return params
  }

  private func body(_ space: ComponentChoice) -> JSONValue {
    var final: [String: JSONValue] = ["seeds": .number(Double(seeds))]
    if let epochs { final["epochs"] = .number(epochs) }
    return .object([
      "dataset": .string(to), "strategy": "random", "seed": .number(Double(seed)),
      "space": ["name": .string(space.name), "params": .object(space.params)],
      "final": .object(final),
    ])
  }

  private func report(_ rows: [Row], found: [Double], on origin: String, _ request: JobRequest) {
    if json {
      let lines = rows.map { row -> JSONValue in
        [
          "name": .string(row.name), "code": .string(row.code),
          "parameters": .number(Double(row.parameters)), "macs": .number(Double(row.macs)),
          "validation_accuracy": .array(row.validation.map(JSONValue.number)),
          "test_accuracy": .array(row.test.map(JSONValue.number)),
        ]
      }
      let value: JSONValue = [
        "origin": .string(origin), "origin_test_accuracy": .array(found.map(JSONValue.number)),
        "dataset": .string(to), "samples_seen": .number(Double(request.final.samplesSeen)),
        "architectures": .array(lines),
      ]
      return print(value.canonical)
    }
    if !found.isEmpty { print("on \(origin), where it was found: test \(text(found))") }
    print("on \(to), \(request.final.samplesSeen) samples a training:")
    for row in rows {
      print(
        "  \(row.name): validation \(text(row.validation)), test \(text(row.test)), "
          + "\(row.parameters) parameters, \(row.macs) macs, \(row.code)")
    }
  }

  private func text(_ values: [Double]) -> String {
    let estimate = StudentInterval.estimate(values)
    func round(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
    guard let low = estimate.low, let high = estimate.high else { return round(estimate.mean) }
    return "\(round(estimate.mean)) [\(round(low)), \(round(high))]"
  }
}
