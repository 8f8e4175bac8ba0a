internal import API
internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Strategies

/// `atelier bench strategies`: which strategy is worth its budget, on a table of measured values.
struct BenchStrategiesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies",
    abstract: "Compare strategies at equal evaluations on a benchmark table.",
    discussion: """
      Every strategy searches by the signal column alone; the report column is read for its pick, the \
      architecture with the best signal it saw. Random search always runs beside them. With \
      --table synthetic a made-up table is used, with --table truth the built-in table of networks that \
      this engine trained; they need no columns.

      --rule strings: any string may be proposed and every proposal counts, repeats too (the papers' \
      rule). --rule graphs: one string for each distinct graph, the row with the lowest index; a graph \
      seen before costs nothing. The two are never mixed in one table.
      """)

  @Option(help: "CSV file with a header, plain or gzip; or `synthetic` or `truth`.")
  var table: String

  @Option(help: "Column of architecture strings.")
  var architecture = "arch_str"

  @Option(help: "Column that a search may see; of several (comma list) each run draws one.")
  var signal = ""

  @Option(help: "Column that the pick is judged by.")
  var report = ""

  @Option(help: "Column that names a row's graph, for --rule graphs; the fingerprint by default.")
  var graph: String?

  @Option(help: "Column of what an evaluation costs; MACs by default.")
  var cost: String?

  @Option(
    help: """
      Comma list of strategies, each with parameters as name:key=value;key=value; all that run on the \
      space by default.
      """)
  var strategies: String?

  @Option(help: "Comma list of numbers of evaluations.")
  var evaluations = "100"

  @Option(help: "Runs of each strategy at each number of evaluations.")
  var seeds = 500

  @Option(help: "strings or graphs.")
  var rule = "strings"

  @Option(help: "Space of the strings, with parameters as for --strategies.")
  var space = "nasbench201-cell"

  @Option(help: "Channels, height and width of the images that the networks read.")
  var shape = "3x32x32"

  @Option(help: "Classes of the networks.")
  var classes = 10

  @Option(help: "Threads; the result does not depend on them.")
  var threads = 2

  @Flag(help: "Print a JSON object for each strategy and number of evaluations instead of a table.")
  var json = false

  @Option(help: "File to write a plot of the means by evaluations and by cost to.")
  var svg: String?

  func run() async throws {
    let comparison = try comparison()
    let outcomes = try await ComparisonRunner(comparison, threads: threads).run()
    let result = ComparisonReport(comparison, outcomes)
    print(
      json
        ? result.lines.map { ComparisonWire.row($0, of: result).canonical }.joined(separator: "\n")
        : ComparisonText(result).markdown)
    guard let svg else { return }
    try AnytimePlot(result).svg.write(toFile: svg, atomically: true, encoding: .utf8)
  }

  private func comparison() throws -> StrategyComparison {
    guard let rule = SamplingRule(rawValue: rule) else {
      throw ValidationError("--rule \(rule) must be strings or graphs")
    }
    let budgets = evaluations.split(separator: ",").map { Int($0) ?? 0 }
    guard !budgets.isEmpty, budgets.allSatisfy({ (1...100_000).contains($0) }) else {
      throw ValidationError("--evaluations \(evaluations) must be whole numbers like 50,100")
    }
    guard (2...100_000).contains(seeds), (1...256).contains(threads) else {
      throw ValidationError("--seeds must be 2 to 100000 and --threads 1 to 256")
    }
    let space =
      ["synthetic", "truth"].contains(table)
      ? "nasbench201-cell" : try ComponentText.choice(space).name
    let all = StrategyRegistry.all.entries.filter { Contender.fault(of: $0, on: space) == nil }
    let names = strategies ?? all.map(\.id).joined(separator: ",")
    return StrategyComparison(
      try source.table(), rule: rule, contenders: try ComponentText.contenders(names, on: space),
      budgets: budgets, seeds: seeds)
  }

  private var source: TableSource {
    get throws {
      if table == "synthetic" { return .synthetic }
      if table == "truth" { return .truth }
      let signals = signal.split(separator: ",").map(String.init)
      guard !signals.isEmpty, !report.isEmpty else {
        throw ValidationError("a table file needs --signal COL and --report COL")
      }
      let sizes = shape.split(separator: "x").map { Int($0) ?? 0 }
      guard sizes.count == 3, sizes.allSatisfy({ (1...65536).contains($0) }) else {
        throw ValidationError("--shape \(shape) must be CxHxW, like 3x32x32")
      }
      return .file(
        path: table, architecture: architecture, graph: graph, signals: signals, report: report,
        cost: cost,
        space: try ComponentText.choice(space),
        input: TensorShape(height: sizes[1], width: sizes[2], channels: sizes[0]),
        classes: classes)
    }
  }
}
