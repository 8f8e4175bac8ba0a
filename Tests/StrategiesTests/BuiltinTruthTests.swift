import Architectures
import Domain
import Foundation
import Strategies
import Testing

@Suite struct BuiltinTruthTests {
  @Test func `seeds agree well enough for a search to be judged`() throws {
    let truth = try BuiltinTruth()
    #expect(truth.table.codes.count == 729 && truth.table.graphs.count == 435)
    #expect(truth.table.signals.count == 3)
    #expect(truth.ceiling.all >= 0.6, "\(truth.ceiling)")
    #expect(truth.ceiling.topHalf >= 0.35, "\(truth.ceiling)")
  }

  @Test func `the graphs of the file are those that its strings decode to`() throws {
    let table = try BuiltinTruth().table
    for row in table.codes.indices {
      let representative = table.representatives[row]
      #expect(table.fingerprints[row] == table.fingerprints[representative])
    }
    #expect(Set(table.fingerprints).count == table.graphs.count)
  }

  /// Few seeds, for some strategies take long; `ATELIER_SEEDS=500` makes it the whole measurement.
  @Test func `every strategy searches it, and none is worse than random search`() async throws {
    let seeds = Int(ProcessInfo.processInfo.environment["ATELIER_SEEDS"] ?? "") ?? 6
    let table = try BuiltinTruth().table
    let best = try #require(table.report.values.max())
    let comparison = try StrategyComparison.of(
      StrategyRegistry.sampling.entries.filter {
        $0.spaces?.contains(NASBench201Space.entry.id) ?? true
      }.map(\.id), on: table, budgets: [60], seeds: seeds)
    let outcomes = try await comparison.outcomes(tasks: 2)
    let random = outcomes[comparison.range(contender: 0, budget: 0)].compactMap(\.report)
    for (index, contender) in comparison.contenders.enumerated() {
      let runs = outcomes[comparison.range(contender: index, budget: 0)]
      #expect(runs.allSatisfy { $0.reports.count == 60 && $0.report ?? 2 <= best })
      let gains = zip(runs.compactMap(\.report), random).map { $0 - $1 }
      let gain = Summary(gains)
      #expect(gains.count == seeds && gain.mean + gain.margin >= 0, "\(contender.name): \(gain)")
    }
  }
}
