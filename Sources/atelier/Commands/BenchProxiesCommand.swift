internal import Architectures
internal import ArgumentParser
internal import Datasets
internal import Domain
internal import Engine
internal import Foundation
internal import Strategies
internal import Training

/// `atelier bench proxies`: how well each proxy orders networks whose accuracies are known.
struct BenchProxiesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proxies",
    abstract: "Kendall's τ_b of every proxy with the accuracies of a benchmark table.",
    discussion: """
      Of the built-in truth by default; of a NAS-Bench-201 table of CIFAR-10 with --table and --images. \
      MACs and parameters stand in the same table: a proxy that orders networks no better is worth \
      nothing. One JSON object a line; with seeds, the mean of τ_b and its standard error.
      """)

  @Option(help: "CSV file with arch_str and a column of accuracies; the built-in truth by default.")
  var table: String?

  @Option(help: "The column of a table that networks are judged by.")
  var report = "c10_test_ep200"

  @Option(help: "Networks of a table, drawn at random.")
  var networks = 300

  @Option(help: "Cells of a stage in a table's networks; 5 as published.")
  var cells = 5

  @Option(help: "CIFAR-10 binary batch, packed or not, that a table's minibatches are drawn from.")
  var images: String?

  @Option(help: "Seeds, each with first weights and a minibatch of its own.")
  var seeds = 1

  @Option(help: "Threads; the results do not depend on them.")
  var threads = 2

  /// Networks, their accuracies, and a minibatch of each seed.
  private struct Task: Sendable {
    var architectures: [Architecture] = []
    var accuracies: [Double] = []
    var batches: [(inputs: [Float], labels: [Int32])] = []

    func probe(_ network: Int, seed: Int) -> ProxyProbe {
      let batch = batches[seed - 1]
      return ProxyProbe(
        architectures[network], inputs: batch.inputs, labels: batch.labels, seed: UInt64(seed))
    }
  }

  func run() async throws {
    guard (1...256).contains(threads) else { throw ValidationError("--threads must be 1 to 256") }
    guard seeds >= 1, networks >= 4, cells >= 1 else {
      throw ValidationError("--seeds and --cells must be 1 or more, --networks 4 or more")
    }
    guard (table == nil) == (images == nil) else {
      throw ValidationError("--table and --images belong together")
    }
    let task = try table.map(tableTask) ?? truthTask()
    let count = task.architectures.count
    let best = task.accuracies.indices.sorted { task.accuracies[$0] > task.accuracies[$1] }
      .prefix(count / 2)
    for proxy in ProxyRegistry.all.entries {
      let start = ContinuousClock.now
      let scores = try await scores(proxy, task)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let all = Summary(scores.map { KendallTau($0, task.accuracies).value })
      let half = Summary(
        scores.map { scores in
          KendallTau(best.map { scores[$0] }, best.map { task.accuracies[$0] }).value
        })
      let starts = starts(scores, task.accuracies)
      let line = JSONValue.object([
        "proxy": .string(proxy.id), "networks": .number(Double(count)),
        "seeds": .number(Double(proxy.isControl ? 1 : seeds)), "tau_b": .number(all.mean),
        "tau_b_margin": .number(all.margin), "tau_b_top_half": .number(half.mean),
        "tau_b_top_half_margin": .number(half.margin),
        "warm_start_mean": .number(starts.chosen.mean),
        "warm_start_best": .number(starts.chosen.best),
        "random_start_mean": .number(starts.random.mean),
        "random_start_best": .number(starts.random.best),
        "floors": .number(
          Double(scores.reduce(0) { $0 + $1.count { $0 == Proxy.floor } })),
        "seconds": .number(seconds), "threads": .number(Double(threads)),
      ])
      print(line.canonical)
    }
  }

  /// What ten trials of a warm start reach, the best by score of a hundred uniform draws, and what ten
  /// uniform draws do: the mean and the best accuracy, on average over resamplings.
  private func starts(
    _ scores: [[Double]], _ accuracies: [Double]
  ) -> (chosen: (mean: Double, best: Double), random: (mean: Double, best: Double)) {
    let (draws, keep) = WarmStart.standard
    let resamplings = 2000
    var sums = (chosen: (mean: 0.0, best: 0.0), random: (mean: 0.0, best: 0.0))
    for resampling in 0..<resamplings {
      var generator = SeededGenerator(jobSeed: 0, purpose: .bootstrap, step: resampling)
      let scores = scores[resampling % scores.count]
      let drawn = (0..<draws).map { _ in generator.below(accuracies.count) }
      let chosen = drawn.sorted { scores[$0] > scores[$1] }.prefix(keep).map { accuracies[$0] }
      let random = drawn.prefix(keep).map { accuracies[$0] }
      sums.chosen.mean += chosen.reduce(0, +) / Double(keep)
      sums.chosen.best += chosen.max() ?? 0
      sums.random.mean += random.reduce(0, +) / Double(keep)
      sums.random.best += random.max() ?? 0
    }
    let share = 1 / Double(resamplings)
    return (
      (sums.chosen.mean * share, sums.chosen.best * share),
      (sums.random.mean * share, sums.random.best * share)
    )
  }

  /// For each seed the score of every network.
  private func scores(_ proxy: Proxy, _ task: Task) async throws -> [[Double]] {
    let count = task.architectures.count
    let seeds = proxy.isControl ? 1 : seeds
    let threads = threads
    return try await withThrowingTaskGroup(of: [(Int, Double)].self) { group in
      for first in 0..<threads {
        group.addTask {
          try stride(from: first, to: count * seeds, by: threads).map { place in
            (place, try proxy.score(task.probe(place % count, seed: place / count + 1)))
          }
        }
      }
      var scores = [[Double]](repeating: [Double](repeating: 0, count: count), count: seeds)
      for try await part in group {
        for (place, score) in part { scores[place / count][place % count] = score }
      }
      return scores
    }
  }

  private func truthTask() throws -> Task {
    let truth = TruthTask()
    let table = try BuiltinTruth().table
    let images = truth.parts(of: try BuiltinDigits()).train
    return Task(
      architectures: try table.graphs.map {
        try SpaceRegistry.decode(
          truth.space, table.genotypes[$0], input: TruthTask.input, classes: TruthTask.classes)
      }, accuracies: table.graphs.map { table.report.values[$0] },
      batches: (1...seeds).map { seed in
        var generator = SeededGenerator(jobSeed: UInt64(seed), purpose: .dataOrder)
        let rows = generator.shuffled(images.labels.indices).prefix(ProxyProbe.batchSize)
        let size = BuiltinDigits.size
        return (
          rows.flatMap { images.values[$0 * size..<($0 + 1) * size] },
          rows.map { images.labels[$0] }
        )
      })
  }

  private func tableTask(_ path: String) throws -> Task {
    let columns = try ColumnTable(path: path, key: "arch_str", columns: [report]).complete
    let choice = ComponentChoice(
      "nasbench201-cell", params: ["cells_per_stage": .number(Double(cells)), "width": 16])
    let space = try SpaceRegistry.space(choice)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("atelier-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (rows, content) = try cifar(images ?? "", folder: folder)
    let normalisation = Normalisation(fitting: rows)
    var task = Task()
    task.batches = (1...seeds).map { seed in
      let batch = ProxyBatch(rows, normalisation, jobSeed: UInt64(seed))
      return (batch.inputs, batch.labels)
    }
    var generator = SeededGenerator(jobSeed: 0, purpose: .sample)
    for row in generator.shuffled(columns.keys.indices).prefix(networks) {
      task.architectures.append(
        try SpaceRegistry.decode(
          choice, try space.genotype(of: columns.keys[row]), input: content.shape,
          classes: content.classes.count))
      task.accuracies.append(columns.columns[0][row])
    }
    return task
  }

  private func cifar(_ path: String, folder: String) throws -> (Rows, DatasetContent) {
    let vault = FileDatasetVault(folder: folder, limitBytes: 1 << 32)
    let upload = try vault.beginUpload(dataset: "ds_bench", format: "cifar-binary", part: "train")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.withUnsafeBytes { try upload.write($0) }
    let content = try vault.seal(
      Dataset(
        id: "ds_bench", name: "bench", isBuiltIn: false, format: "cifar-binary",
        options: DatasetOptions(), state: .open, files: [try upload.finish()], content: nil,
        created: Date()))
    return (
      try DatasetMap(path: vault.path(digest: content.digest), content: content).fittingRows,
      content
    )
  }
}
