import Architectures
import Datasets
import Domain
import Foundation
import Strategies
import Testing

extension StrategyComparison {
  /// A comparison of registered strategies at their defaults.
  static func of(
    _ ids: [String], on table: BenchmarkTable, rule: SamplingRule = .strings, budgets: [Int],
    seeds: Int
  ) throws -> StrategyComparison {
    StrategyComparison(
      table, rule: rule,
      contenders: try ids.map { id in
        let entry = try #require(StrategyRegistry.all[id])
        return Contender(id, entry, entry.defaults)
      }, budgets: budgets, seeds: seeds)
  }

  /// All outcomes in the order of the runs, made by so many tasks.
  func outcomes(tasks: Int) async throws -> [TableSearch.Outcome] {
    try await withThrowingTaskGroup(of: [(Int, TableSearch.Outcome)].self) { group in
      for task in 0..<tasks {
        group.addTask {
          try stride(from: task, to: runs, by: tasks).map { ($0, try run($0)) }
        }
      }
      var made: [(Int, TableSearch.Outcome)] = []
      for try await part in group { made += part }
      return made.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}

@Suite struct StrategyComparisonTests {
  @Test(arguments: SamplingRule.allCases)
  func `results do not depend on the number of threads`(rule: SamplingRule) async throws {
    let comparison = try StrategyComparison.of(
      ["regularized-evolution"], on: SyntheticTable().benchmark(), rule: rule, budgets: [30, 10],
      seeds: 12)
    let alone = try await comparison.outcomes(tasks: 1)
    let together = try await comparison.outcomes(tasks: 5)
    #expect(alone.count == 2 * 2 * 12 && alone == together)
    #expect(ComparisonReport(comparison, alone) == ComparisonReport(comparison, together))
    #expect(Set(alone.map(\.rows)).count > 30, "seeds and budgets give runs of their own")
  }

  @Test func `random search runs beside the others and comes first`() throws {
    let table = try ToyTable.make()
    let added = try StrategyComparison.of(
      ["regularized-evolution"], on: table, budgets: [3], seeds: 2)
    #expect(added.contenders.map(\.name) == ["random", "regularized-evolution"])
    let moved = try StrategyComparison.of(
      ["regularized-evolution", "random"], on: table, budgets: [3], seeds: 2)
    #expect(moved.contenders.map(\.name) == ["random", "regularized-evolution"])
  }

  @Test func `a line tells mean, deviation, interval, rank and p`() async throws {
    let comparison = try StrategyComparison.of(
      ["regularized-evolution"], on: SyntheticTable().benchmark(), budgets: [20, 60], seeds: 30)
    let outcomes = try await comparison.outcomes(tasks: 2)
    let report = ComparisonReport(comparison, outcomes)
    #expect(report.lines.map(\.evaluations) == [20, 20, 60, 60])
    let last = try #require(report.lines.last)
    let values = outcomes.suffix(30).compactMap(\.report)
    let mean = values.reduce(0, +) / 30
    #expect(abs(last.summary.mean - mean) < 1e-12)
    let random = outcomes[30..<60].compactMap(\.report)
    #expect(last.p == MannWhitney(values, against: random).pAbove && last.p == last.correctedP)
    #expect(report.lines[2].p == nil && abs(report.lines[2].rank + last.rank - 3) < 1e-12)
    let curve = try #require(report.curves.last)
    #expect(curve.byCount.count == 60 && curve.byCount.last == last.summary)
    #expect(curve.byCost.map(\.cost) == curve.byCost.map(\.cost).sorted())
    #expect(
      zip(curve.byCost, curve.byCost.dropFirst()).allSatisfy {
        $0.summary.count <= $1.summary.count
      })
  }

  @Test func `a run that finds nothing is below all others`() throws {
    let comparison = try StrategyComparison.of(
      ["regularized-evolution"], on: ToyTable.make(), budgets: [3], seeds: 10)
    // Random search finds something in every run, evolution in every second one, and then the best.
    func outcomes(_ report: (Int) -> Double) throws -> [TableSearch.Outcome] {
      (0..<10).map { TableSearch.Outcome(reports: [report($0)], costs: [1]) }
    }
    let report = ComparisonReport(
      comparison, try outcomes { 0.5 + Double($0) / 100 } + outcomes { $0 % 2 == 0 ? .nan : 0.9 })
    #expect(report.lines.map(\.rank) == [1.5, 1.5])
    #expect(try #require(report.lines[1].p) > 0.3, "half of its runs are worse than all")
    #expect(report.lines[1].summary.count == 5)
  }

  @Test func `a run ends by what its check throws`() throws {
    struct Enough: Error {}
    let comparison = try StrategyComparison.of([], on: ToyTable.make(), budgets: [5], seeds: 2)
    var asked = 0
    #expect(throws: Enough.self) {
      try comparison.run(0) {
        asked += 1
        if asked == 3 { throw Enough() }
      }
    }
    #expect(asked == 3, "asked before every proposal")
  }

  @Test func `Holm's correction is the step-down rule`() {
    let corrected = ComparisonReport.holm([0.01, 0.04, 0.03, 0.005])
    #expect(zip(corrected, [0.03, 0.06, 0.06, 0.02]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(ComparisonReport.holm([0.9, 0.8]) == [1, 1])
  }

  @Test func `equals share their place`() {
    #expect(ComparisonReport.meanRanks([[1, 5], [2, 5], [3, 5]]) == [2.5, 2, 1.5])
  }

  @Test func `an interval is Student's`() {
    let summary = Summary([1, 2, 3, 4, 5, 6])
    // t(0.975, 5) = 2.5706, deviation 1.8708.
    #expect(summary.count == 6 && summary.mean == 3.5)
    #expect(abs(summary.deviation - 1.870829) < 1e-6 && abs(summary.margin - 1.96330) < 0.005)
    #expect(Summary([.nan, 7]) == Summary([7]) && Summary([7]).margin == .infinity)
  }
}

/// What the issue of the comparison demands of the published table, where it is at hand.
@Suite struct PublishedTableTests {
  private static let path =
    (ProcessInfo.processInfo.environment["ATELIER_TEST_DATA"]
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path + "/shared/data")
    + "/nb201-cifar10.csv.gz"

  @Test func `random search and evolution find on NAS-Bench-201 what was published`() async throws {
    guard FileManager.default.fileExists(atPath: PublishedTableTests.path) else {
      print("skipped: \(PublishedTableTests.path) is missing; ATELIER_TEST_DATA names its folder")
      return
    }
    let file = try ColumnTable(
      path: PublishedTableTests.path, key: "arch_str", label: "unique_str",
      columns: ["c10_valid_ep12", "c10_test_ep200"])
    #expect(file.keys.count == 15_625 && Set(file.labels).count == 6_466)
    let table = try BenchmarkTable(
      space: ComponentChoice("nasbench201-cell"), codes: file.keys,
      signals: [BenchmarkTable.Column("c10_valid_ep12", file.columns[0])],
      report: BenchmarkTable.Column("c10_test_ep200", file.columns[1]))
    let comparison = try StrategyComparison.of(
      ["regularized-evolution"], on: table, budgets: [100], seeds: 500)
    let report = ComparisonReport(comparison, try await comparison.outcomes(tasks: 2))
    #expect(abs(report.lines[0].summary.mean - 93.73) <= 0.06)
    #expect(report.lines[1].summary.mean >= 93.88)
  }
}
