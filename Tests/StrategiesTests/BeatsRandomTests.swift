import Architectures
import Domain
import Strategies
import Testing

/// Evolution against random search with equal evaluations, 20 seeds each.
@Suite struct BeatsRandomTests {
  private let seeds = Array(UInt64(1)...20)

  @Test func `the synthetic table is the one that was measured`() {
    let scores = SyntheticTable().scores
    #expect(scores.filter { $0 == 0.10 }.count == 341)
    #expect(abs(scores[15_624] - 0.95) < 1e-12)
    #expect(abs(scores[7_812] - 0.838937) < 1e-6)
    #expect(abs(scores[15_468] - 0.929956) < 1e-6)
  }

  @Test(arguments: [60, 100, 150])
  func `evolution beats random search on the table`(evaluations: Int) throws {
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

  @Test func `controllers beat random search on the table`() throws {
    let table = SyntheticTable()
    let points = NASBench201Space().points
    func found(_ id: String, evaluations: Int, seeds: ClosedRange<UInt64>) throws -> [Double] {
      let entry = try #require(StrategyRegistry.all[id])
      return try seeds.map { seed in
        var search = Search(
          try entry.make(
            StrategyContext(
              points: points, parameters: entry.defaults, objectives: [], seed: seed,
              trials: evaluations)), lag: 4)
        try search.run(to: evaluations) { trial in
          var noise = SeededGenerator(jobSeed: seed, trial: trial.number, purpose: .sample)
          return .accuracy(table[trial.candidate.genotype] + 0.003 * noise.normal())
        }
        return search.best.map { table[$0.candidate.genotype] } ?? 0
      }
    }
    for (evaluations, seeds, level) in [
      (100, 1...200 as ClosedRange<UInt64>, 0.01), (150, 1...20, 0.05),
    ] {
      let random = try found("random", evaluations: evaluations, seeds: seeds)
      for id in ["nas-rl", "nasnet-ppo"] {
        let learned = try found(id, evaluations: evaluations, seeds: seeds)
        let p = MannWhitney(learned, against: random).pAbove
        #expect(p < level, "\(id): p = \(p)")
      }
    }
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
