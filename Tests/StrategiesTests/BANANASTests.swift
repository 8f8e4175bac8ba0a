import Architectures
import Domain
import Strategies
import Testing

@Suite struct BANANASTests {
  private let points = NASBench201Space().points

  private func draws(_ count: Int, seed: UInt64) -> [Genotype] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in .random(in: points, using: &generator) }
  }

  /// Share of pairs that predictions order as the truth does.
  private func agreement(_ predictions: [[Double]], _ truth: [Double]) -> Double {
    let means = truth.indices.map { index in predictions.reduce(0) { $0 + $1[index] } }
    var (right, all) = (0, 0)
    for first in truth.indices {
      for second in truth.indices where truth[first] > truth[second] {
        all += 1
        if means[first] > means[second] { right += 1 }
      }
    }
    return Double(right) / Double(all)
  }

  private func strategy(
    _ predictor: BANANAS.Predictor, points: [DecisionPoint]? = nil, batch: Int = 5, seed: UInt64 = 1
  ) -> BANANAS {
    BANANAS(
      points: points ?? self.points, objectives: [], starts: 10, batch: batch, pool: 60, parents: 5,
      predictor: predictor, seed: seed)
  }

  @Test func `both predictors order what they have not seen`() throws {
    let table = SyntheticTable()
    let (known, new) = (draws(80, seed: 1), draws(60, seed: 2))
    let scores = NormalScores.scores(known.map { Merit(.completed, [table[$0]]) })
    let truth = new.map { table[$0] }
    var generator = SeededGenerator(seed: 3)
    let ridge = RidgeEnsemble.predict(new, from: known, scores: scores, using: &generator)
    let networks = try NetworkEnsemble(points)
    let network = try networks.predict(new, from: known, scores: scores, seed: 4)
    #expect(ridge.count == 5 && network.count == 5)
    #expect(Set(ridge.map { $0[0] }).count == 5 && Set(network.map { $0[0] }).count == 5)
    #expect(agreement(ridge, truth) > 0.75, "\(agreement(ridge, truth))")
    #expect(agreement(network, truth) > 0.75, "\(agreement(network, truth))")
    let again = try networks.predict(new, from: known, scores: scores, seed: 4)
    #expect(again == network)
  }

  @Test(arguments: BANANAS.Predictor.allCases)
  func `a restored search with either predictor goes on as it would have`(
    predictor: BANANAS.Predictor
  ) throws {
    let table = SyntheticTable()
    func end(_ trial: Trial) -> Ending { .accuracy(table[trial.candidate.genotype]) }
    var whole = Search(strategy(predictor), lag: 4)
    try whole.run(to: 36, end)
    var stopped = Search(strategy(predictor), lag: 4)
    let entry = try #require(StrategyRegistry.all["bananas"])
    for count in stride(from: 2, through: 36, by: 2) {
      let context = StrategyContext(
        points: points, parameters: entry.defaults, objectives: [], seed: 1)
      stopped.replace(try entry.restore(context, state(of: stopped.strategy)))
      try stopped.run(to: count, end)
    }
    #expect(stopped.genotypes == whole.genotypes)
  }

  @Test func `networks find better cells than random draws`() throws {
    let table = SyntheticTable()
    func best(_ strategy: any SearchStrategy) throws -> Double {
      var search = Search(strategy)
      try search.run(to: 40) { .accuracy(table[$0.candidate.genotype]) }
      return search.best?.searchAccuracy ?? 0
    }
    let seeds = Array(UInt64(1)...10)
    let found = try seeds.map { try best(strategy(.mlp, seed: $0)) }
    let random = try seeds.map { try best(RandomSearch(points: points, seed: $0)) }
    let p = MannWhitney(found, against: random).pAbove
    #expect(p < 0.01, "p = \(p)")
  }

  @Test(arguments: [1, 4, 32])
  func `nothing is proposed twice while the space holds something new`(lag: Int) throws {
    let points = MLPSpace(maxLayers: 2, maxUnits: 64).points
    var search = Search(strategy(.ridge, points: points), lag: lag)
    try search.run(to: 96) { .accuracy(Double($0.number % 13)) }
    #expect(Set(search.genotypes).count == 96)
    try search.run(to: 100) { _ in .accuracy(0) }
  }
}
