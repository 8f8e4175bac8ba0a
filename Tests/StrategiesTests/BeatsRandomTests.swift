import Architectures
import Domain
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

  /// Every registered strategy that runs on the cell, judged as it lands.
  @Test func `on the synthetic table every learning strategy beats random search`() async throws {
    let entries = StrategyRegistry.all.entries.filter {
      $0.spaces?.contains(NASBench201Space.entry.id) ?? true
    }
    let comparison = try StrategyComparison.of(
      entries.map(\.id), on: SyntheticTable().benchmark(), budgets: [100], seeds: 200)
    let outcomes = try await comparison.outcomes(tasks: 2)
    let lines = ComparisonReport(comparison, outcomes).lines
    #expect(lines[0].strategy == "random")
    for line in lines.dropFirst() {
      let p = try #require(line.correctedP)
      #expect(p < 0.05, "\(line.strategy): \(line.summary.mean), p = \(p)")
    }
    func reports(_ id: String) -> [Double]? {
      comparison.contenders.firstIndex { $0.name == id }.map { index in
        outcomes[comparison.range(contender: index, budget: 0)].compactMap(\.report)
      }
    }
    let ladder = ["random", "regularized-evolution", "local-search"].compactMap(reports)
    #expect(ladder.count >= 2)
    for (lower, higher) in zip(ladder, ladder.dropFirst()) {
      #expect(MannWhitney(higher, against: lower).pAbove < 0.01)
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
