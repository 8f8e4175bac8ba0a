import Architectures
import Domain
import Foundation
import Strategies
import Testing

@Suite struct BlockQNNTests {
  /// Four positions of four layers; the best layer of each differs from position to position.
  private let toy = (0..<4).map { DecisionPoint("\($0)", values: ["a", "b", "c", "d"]) }

  /// 0.1 and 0.85 times the share of decisions that are those of the target.
  private func reward(_ genotype: Genotype, _ target: [Int]) -> Double {
    let hits = zip(genotype.decisions, target).filter { $0 == $1 }.count
    return 0.1 + 0.85 * Double(hits) / Double(target.count)
  }

  private func greedy(
    _ table: ActionValues, _ points: [DecisionPoint], _ generator: inout SeededGenerator,
    epsilon: Double = 0
  ) -> Genotype {
    var genotype = Genotype(Array(repeating: nil, count: points.count))
    for (index, point) in points.enumerated() {
      guard genotype.isActive(index, in: points) else { continue }
      // The state of the point to decide: that of an episode that ends with it.
      genotype.decisions[index] = 0
      let state = genotype.episode(in: points).last?.state ?? 0
      genotype.decisions[index] =
        generator.unit() < epsilon
        ? generator.below(point.values.count)
        : table.greedy(state, actions: point.values.count, using: &generator)
    }
    return genotype
  }

  @Test func `an episode of three steps updates the table as by hand, the last step first`() {
    let steps = (0..<3).map { ActionValues.Step(state: $0, action: 1, actions: 2) }
    var table = ActionValues(rate: 0.5)
    table.update(steps, reward: 0.9, longest: 3)
    // ½·0.5 + ½·0.9, then ½·0.5 + ½·(0.3 + 0.7), then ½·0.5 + ½·(0.3 + 0.75).
    for (state, expected) in [0.775, 0.75, 0.7].enumerated() {
      #expect(abs(table.values(of: state, actions: 2)[1] - expected) < 1e-9)
      #expect(table.values(of: state, actions: 2)[0] == 0.5)
    }
    var first = ActionValues(rate: 0.5)
    first.update(Array(steps.prefix(1)), reward: 0.9, longest: 3)
    #expect(abs(first.values(of: 0, actions: 2)[1] - (0.25 + 0.5 * 1.5)) < 1e-9, "0.9 + 2 · 0.3")
  }

  @Test func `the published schedule has 178 iterations, and a scaled one keeps all its values`() {
    let published = ExplorationSchedule(iterations: 178)
    #expect(published.spans == [95, 7, 7, 7, 10, 10, 10, 10, 10, 12])
    #expect(published.epsilon(0) == 1 && published.epsilon(94) == 1)
    #expect(published.epsilon(95) == 0.9 && published.epsilon(165) == 0.2)
    #expect(published.epsilon(166) == 0.1 && published.epsilon(177) == 0.1)
    #expect(published.epsilon(100_000) == 0.1)
    for total in 1...400 {
      let scaled = ExplorationSchedule(iterations: total)
      #expect(scaled.iterations == max(10, total) && scaled.spans.allSatisfy { $0 >= 1 })
      let values = (0..<scaled.iterations).map(scaled.epsilon)
      #expect(values == values.sorted(by: >) && Set(values).count == 10)
    }
    let hundred = ExplorationSchedule(iterations: 100)
    #expect((48...54).contains(hundred.spans[0]))
  }

  @Test(arguments: [true, false])
  func `the toy is learned with a shaped reward, and seldom without`(isShaped: Bool) {
    var optimal = 0
    for seed in UInt64(1)...20 {
      var generator = SeededGenerator(seed: seed)
      let target = (0..<4).map { _ in generator.below(4) }
      let schedule = ExplorationSchedule(iterations: 60)
      var table = ActionValues(rate: 0.1, isShaped: isShaped)
      var memory: [Genotype] = []
      for iteration in 0..<60 {
        for _ in 0..<4 {
          memory.append(
            greedy(table, toy, &generator, epsilon: schedule.epsilon(iteration)))
        }
        for _ in 0..<64 {
          let past = memory[generator.below(memory.count)]
          table.update(past.episode(in: toy), reward: reward(past, target), longest: 4)
        }
      }
      if greedy(table, toy, &generator).decisions == target { optimal += 1 }
    }
    #expect(isShaped ? optimal >= 18 : optimal < 12, "\(optimal) of 20")
  }

  @Test func `doubled MACs and doubled density cost their weights times ln 2`() {
    let reward = CorrectedReward(macsWeight: 0.01, densityWeight: 0.08)
    func value(_ macs: Double, _ density: Double) -> Double {
      reward(accuracy: 0.7, macs: macs, reference: 1_000, density: density)
    }
    #expect(value(1_000, 1) == 0.7)
    #expect(abs(value(1_000, 1) - value(2_000, 1) - 0.01 * log(2)) < 1e-12)
    #expect(abs(value(1_000, 1) - value(1_000, 2) - 0.08 * log(2)) < 1e-12)
    #expect(abs(value(0, 1) - 0.7 - 0.01 * log(1_000)) < 1e-12, "no MACs are a thousandth")
    #expect(reward(accuracy: 0.7, macs: 9, reference: nil, density: nil) == 0.7)
    #expect(reward(accuracy: 0.01, macs: nil, reference: nil, density: 4) == 0)
  }

  @Test func `a constant reward leaves no preference for length`() throws {
    let points = BlockQNNSpace(layers: 6).points
    let entry = try #require(StrategyRegistry.all["block-qnn"])
    func lengths(afterTrials count: Int) throws -> [Double] {
      try (UInt64(1)...20).map { seed in
        let strategy = BlockQNN(
          StrategyContext(
            points: points, parameters: entry.defaults, objectives: [], seed: seed, trials: 240))
        var search = Search(strategy)
        try search.run(to: count) { _ in .accuracy(0.8) }
        let trained = try #require(search.strategy as? BlockQNN)
        var generator = SeededGenerator(seed: seed &+ 100)
        let genotype = trained.draw(epsilon: 0, using: &generator)
        return Double(genotype.decisions.compactMap { $0 }.count)
      }
    }
    let ties = try lengths(afterTrials: 0)
    for count in [60, 240] {
      let learned = try lengths(afterTrials: count)
      let test = MannWhitney(learned, against: ties)
      #expect(min(test.pAbove, test.pBelow) > 0.025, "\(learned) against \(ties)")
    }
  }

  @Test func `two orders of arrival give other tables and the same greedy block`() {
    for seed in UInt64(1)...20 {
      var generator = SeededGenerator(seed: seed &* 77)
      let target = (0..<4).map { _ in generator.below(4) }
      let pairs = (0..<3_000).map { _ in Genotype.random(in: toy, using: &generator) }
      func table(_ order: [Genotype]) -> ActionValues {
        var table = ActionValues(rate: 0.1)
        for genotype in order {
          table.update(
            genotype.episode(in: toy), reward: reward(genotype, target), longest: 4)
        }
        return table
      }
      let first = table(pairs)
      let second = table(generator.shuffled(pairs))
      #expect(first != second)
      #expect(greedy(first, toy, &generator) == greedy(second, toy, &generator))
    }
  }

  @Test func `ties are broken at random`() {
    let table = ActionValues(rate: 0.1)
    var generator = SeededGenerator(seed: 3)
    let drawn = Set((0..<200).map { _ in table.greedy(0, actions: 5, using: &generator) })
    #expect(drawn == [0, 1, 2, 3, 4])
  }

  @Test func `random proposals are marked, and no trial is shortened`() throws {
    let points = BlockQNNSpace().points
    let entry = try #require(StrategyRegistry.all["block-qnn"])
    var search = Search(
      BlockQNN(
        StrategyContext(
          points: points, parameters: entry.defaults, objectives: [], seed: 4, trials: 40)))
    try search.run(to: 40) { _ in .accuracy(0.5) }
    let count = ExplorationSchedule(iterations: 40).spans[0]
    #expect(search.trials.map(\.candidate.isRandom) == (0..<40).map { $0 < count })
    #expect(search.trials.allSatisfy { $0.candidate.fidelity == 1 })
    var random = Search(RandomSearch(points: points, seed: 4))
    try random.run(to: count) { _ in .accuracy(0.5) }
    #expect(Array(search.genotypes.prefix(count)) == random.genotypes)
  }

  @Test func `30 proposals of a job of 30 trials stay what they are`() throws {
    let entry = try #require(StrategyRegistry.all["block-qnn"])
    var search = Search(
      BlockQNN(
        StrategyContext(
          points: BlockQNNSpace().points, parameters: entry.defaults, objectives: [], seed: 17,
          trials: 30)), lag: 4)
    try search.run(to: 30) { trial in
      let values = trial.candidate.genotype.decisions.compactMap { $0 }
      return .accuracy(1 / Double(1 + values.reduce(0, +)))
    }
    let text = search.genotypes.map(BlockQNNSpace().code).joined(separator: "\n")
    #expect(
      Digest.sha256(text) == "a3852a27eb30c8c6812265f4ec0378bbf24ef944bdee30696c6dc9f03f38fd39")
  }

  @Test(arguments: [1, 4])
  func `Q-learning beats random search on the table`(lag: Int) throws {
    let points = NASBench201Space().points
    let entry = try #require(StrategyRegistry.all["block-qnn"])
    let table = SyntheticTable()
    let evaluations = 100
    func found(_ strategy: any SearchStrategy, _ seed: UInt64) throws -> Double {
      var search = Search(strategy, lag: lag)
      try search.run(to: evaluations) { trial in
        var noise = SeededGenerator(jobSeed: seed, trial: trial.number, purpose: .sample)
        return .accuracy(table[trial.candidate.genotype] + 0.003 * noise.normal())
      }
      return search.best.map { table[$0.candidate.genotype] } ?? 0
    }
    let seeds = UInt64(1)...200
    let random = try seeds.map { try found(RandomSearch(points: points, seed: $0), $0) }
    let learned = try seeds.map { seed in
      try found(
        BlockQNN(
          StrategyContext(
            points: points, parameters: entry.defaults, objectives: [], seed: seed,
            trials: evaluations)), seed)
    }
    let test = MannWhitney(learned, against: random)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    #expect(
      test.pAbove < 0.001, "p = \(test.pAbove), means \(mean(learned)) and \(mean(random))")
  }
}
