internal import ArgumentParser
internal import Datasets
internal import Domain
internal import Foundation
internal import Runner

/// `atelier bench trials`: trials per second of the workers, on cells of a file or random ones.
struct BenchTrialsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trials", abstract: "Train NAS-Bench-201 cells on the digits; trials per second.",
    discussion: """
      Counted after the first result, so that start-up is left out. --keep-dead trains edges that lead
      nowhere too, as a framework without a planner does.
      """)

  @Option(help: "File with an architecture string a line; random cells by default.")
  var cells: String?

  @Option(help: "How many trials.")
  var trials = 40

  @Option(help: "Epochs of a trial.")
  var epochs = 5

  @Option(help: "Channels of the first stage.")
  var width = 8

  @Flag(help: "Also train what leads nowhere.")
  var keepDead = false

  @OptionGroup var machine: MachineOptions

  func run() async throws {
    let digits = try BenchData()
    defer { digits.remove() }
    let choice = ComponentChoice("nasbench201-cell", params: ["width": .number(Double(width))])
    let genotypes = try genotypes(in: try Wiring.catalog.space(choice))
    let executor = Wiring.executor(
      workers: machine.workers, arguments: keepDead ? ["worker", "--keep-dead"] : ["worker"],
      log: machine.logger())
    let numerics = try await executor.start()
    let orders = (0..<trials).map { index in
      WorkOrder(
        job: "bench", role: .trial, number: index + 1, repetition: 0, attempt: 1, seed: 0,
        space: choice, genotype: genotypes[index % genotypes.count],
        datasetPath: digits.path, dataset: digits.content,
        schedule: TrainingSchedule(samplesSeen: epochs * digits.content.fittingRows),
        parentWeights: nil,
        weightsFolder: nil, secondsLeft: nil, memoryLimitBytes: machine.memoryLimitBytes,
        numerics: numerics)
    }
    let result = await measure(orders, on: executor)
    await executor.shutdown()
    print(result.canonical)
  }

  private func genotypes(in space: any SearchSpace) throws -> [Genotype] {
    guard let cells else {
      var generator = SeededGenerator(seed: 0)
      return (0..<trials).map { _ in Genotype.random(in: space.points, using: &generator) }
    }
    return try String(contentsOfFile: cells, encoding: .utf8).split(separator: "\n")
      .map { try space.genotype(of: String($0)) }
  }

  private func measure(_ orders: [WorkOrder], on executor: some Executor) async -> JSONValue {
    let clock = ContinuousClock()
    let began = clock.now
    var first: ContinuousClock.Instant?
    var accuracies: [Double] = []
    var failures = 0
    var trained = 0.0
    await withTaskGroup(of: Outcome.self) { group in
      for order in orders { group.addTask { await executor.run(order) { _ in } } }
      for await outcome in group {
        let isFirst = first == nil
        first = first ?? clock.now
        if case .completed(let evaluation) = outcome {
          accuracies.append(evaluation.metrics[MetricName.searchAccuracy] ?? 0)
          let spent = evaluation.measured
          if !isFirst { trained += (spent["train_seconds"] ?? 0) + (spent["plan_seconds"] ?? 0) }
        } else {
          failures += 1
        }
      }
    }
    let end = clock.now
    let afterFirst = (end - (first ?? began)) / .seconds(1)
    return [
      "trials": .number(Double(orders.count)), "epochs": .number(Double(epochs)),
      "width": .number(Double(width)), "procs": .number(Double(machine.workers)),
      "keep_dead": .bool(keepDead), "failures": .number(Double(failures)),
      "seconds": .number((end - began) / .seconds(1)), "seconds_after_first": .number(afterFirst),
      "trials_per_s": .number(Double(orders.count - 1) / afterFirst),
      // Of a slot's time, what was neither planning nor training; exact for one worker.
      "outside_training_ms": .number(
        (afterFirst * Double(machine.workers) - trained) * 1000 / Double(orders.count - 1)),
      "best_valid": .number(accuracies.max() ?? 0),
    ]
  }
}
