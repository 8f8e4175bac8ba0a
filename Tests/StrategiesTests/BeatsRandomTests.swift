import Architectures
import Domain
import Foundation
import Strategies
import Testing

/// Strategies against random search with equal evaluations.
@Suite struct BeatsRandomTests {
  private let seeds = Array(UInt64(1)...20)

  @Test func `the synthetic table is the one that was measured`() {
    let scores = SyntheticTable().scores
    #expect(scores.filter { $0 == 0.10 }.count == 341)
    #expect(abs(scores[15_624] - 0.95) < 1e-12)
    #expect(abs(scores[7_812] - 0.838937) < 1e-6)
    #expect(abs(scores[15_468] - 0.929956) < 1e-6)
  }

  /// Reports of a strategy's picks after 100 evaluations on the synthetic table, with the seeds 1, 2, ….
  private func picks(of ids: [String], seeds: Int) async throws -> [String: [Double]] {
    let comparison = try StrategyComparison.of(
      ids, on: SyntheticTable().benchmark(), budgets: [100], seeds: seeds)
    let outcomes = try await comparison.outcomes(tasks: 2)
    var picks: [String: [Double]] = [:]
    for (index, contender) in comparison.contenders.enumerated() {
      let runs = outcomes[comparison.range(contender: index, budget: 0)]
      picks[contender.entry.id] = runs.compactMap(\.report)
    }
    return picks
  }

  @Test func `random search < evolution < local search on the synthetic table`() async throws {
    let ids = ["random", "regularized-evolution", "local-search"].filter {
      StrategyRegistry.sampling.ids.contains($0)
    }
    let picks = try await picks(of: ids, seeds: 200)
    #expect(ids.count > 1)
    for (lower, higher) in zip(ids, ids.dropFirst()) {
      let test = MannWhitney(picks[higher] ?? [], against: picks[lower] ?? [])
      #expect(test.pAbove < 0.01, "\(higher) against \(lower): p = \(test.pAbove)")
    }
  }

  /// Every registered strategy that runs on the cell, judged as it lands.
  ///
  /// The claim is corrected for the number of strategies. A third of `bohb`'s candidates are random, so
  /// that its lead is the smallest. `ATELIER_SEEDS` asks for other numbers of seeds than 24.
  @Test func `on the synthetic table every learning strategy beats random search`() async throws {
    let seeds = Int(ProcessInfo.processInfo.environment["ATELIER_SEEDS"] ?? "") ?? 24
    let ids = StrategyRegistry.sampling.entries.filter {
      $0.id != "random" && $0.spaces?.contains(NASBench201Space.entry.id) ?? true
    }.map(\.id)
    let random = try await picks(of: [], seeds: 200)["random"] ?? []
    let picks = try await picks(of: ids, seeds: seeds)
    let tests = ids.map { MannWhitney(picks[$0] ?? [], against: random) }
    let corrected = ComparisonReport.holm(tests.map(\.pAbove))
    for (index, id) in ids.enumerated() {
      let words: Comment = "\(id): share \(tests[index].effect), p = \(corrected[index])"
      #expect(picks[id]?.count == seeds, words)
      #expect(corrected[index] < (id == "bohb" ? 0.05 : 0.01), words)
    }
  }

  @Test(arguments: [60, 150])
  func `evolution beats random search with few seeds too`(evaluations: Int) throws {
    let table = SyntheticTable()
    let points = NASBench201Space().points
    /// The true score of the cell with the best observed score.
    func found(_ strategy: any SearchStrategy, _ seed: UInt64) throws -> Double {
      var search = Search(strategy)
      try search.run(to: evaluations) { trial in
        var noise = SeededGenerator(jobSeed: seed, trial: trial.number, purpose: .sample)
        return .accuracy(table[trial.candidate.genotype] + 0.003 * noise.normal())
      }
      return search.best.map { table[$0.candidate.genotype] } ?? 0
    }
    let random = try seeds.map { try found(RandomSearch(points: points, seed: $0), $0) }
    let evolved = try seeds.map { seed in
      try found(
        RegularizedEvolution(
          points: points, objectives: [], population: 10, sample: 3, seed: seed), seed)
    }
    let p = MannWhitney(evolved, against: random).pAbove
    #expect(p < 0.01, "p = \(p) for \(evolved) against \(random)")
  }

  @Test func `evolution beats random search on 100 bits`() throws {
    let points = (0..<100).map { DecisionPoint("bit \($0)", values: ["0", "1"]) }
    func found(_ strategy: any SearchStrategy, _ seed: UInt64) throws -> Double {
      var search = Search(strategy)
      try search.run(to: 200) { trial in
        var noise = SeededGenerator(jobSeed: seed, trial: trial.number, purpose: .sample)
        return .accuracy(ones(trial) + 0.01 * noise.normal())
      }
      return search.best.map(ones) ?? 0
    }
    func ones(_ trial: Trial) -> Double {
      Double(trial.candidate.genotype.decisions.filter { $0 == 1 }.count) / 100
    }
    let random = try seeds.map { try found(RandomSearch(points: points, seed: $0), $0) }
    let evolved = try seeds.map { seed in
      try found(
        RegularizedEvolution(
          points: points, objectives: [], population: 20, sample: 5, seed: seed), seed)
    }
    let p = MannWhitney(evolved, against: random).pAbove
    #expect(p < 1e-4, "p = \(p)")
  }
}
