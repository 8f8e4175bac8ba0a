import Architectures
import Domain
import Strategies
import Testing

@Suite struct RegularizedEvolutionTests {
  private let points = NASBench201Space().points

  private func evolution(
    _ population: Int, _ sample: Int, seed: UInt64 = 1, points: [DecisionPoint]? = nil,
    objectives: [Objective] = [Objective(.accuracy, .maximise)]
  ) -> RegularizedEvolution {
    RegularizedEvolution(
      points: points ?? self.points, objectives: objectives, population: population,
      sample: sample, seed: seed)
  }

  private func population(of search: Search) throws -> [RegularizedEvolution.Member] {
    try #require(search.strategy as? RegularizedEvolution).population
  }

  @Test func `the oldest is removed even when it is the best, and the worst stays`() throws {
    var search = Search(evolution(5, 2))
    // Trial 1 is the best of all, trial 3 the worst.
    try search.run(to: 6) { .accuracy([0, 0.99, 0.5, 0.1, 0.6, 0.7, 0.8][$0.number]) }
    #expect(try population(of: search).map(\.reward) == [0.99, 0.5, 0.1, 0.6, 0.7])
    try search.run(to: 7) { _ in .accuracy(0.4) }
    #expect(try population(of: search).map(\.reward) == [0.5, 0.1, 0.6, 0.7, 0.8])
    for count in 8...40 {
      try search.run(to: count) { _ in .accuracy(0.3) }
      #expect(try population(of: search).count == 5)
    }
    #expect(search.best?.number == 1, "it aged out, but the history keeps it")
  }

  @Test func `a sample of one draws every member equally often`() throws {
    var search = Search(evolution(10, 1))
    try search.run(to: 11) { .accuracy(Double($0.number) / 100) }
    let strategy = try #require(search.strategy as? RegularizedEvolution)
    var generator = SeededGenerator(seed: 6)
    var counts: [Double: Double] = [:]
    for _ in 0..<10_000 {
      let member = try #require(strategy.select(using: &generator))
      counts[member.reward ?? -1, default: 0] += 1
    }
    let chiSquare = strategy.population.reduce(0.0) { sum, member in
      let excess = counts[member.reward ?? -1, default: 0] - 1_000
      return sum + excess * excess / 1_000
    }
    #expect(chiSquare < 21.67, "χ² with 9 degrees of freedom, p = 0.01")
  }

  @Test func `a large sample draws the best, and one without a reward loses to all`() throws {
    var search = Search(evolution(6, 200))
    try search.run(to: 7) {
      $0.number % 2 == 0 ? Ending(state: .infeasible) : .accuracy(-Double($0.number))
    }
    let strategy = try #require(search.strategy as? RegularizedEvolution)
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<50 {
      #expect(strategy.select(using: &generator)?.reward == -1)
    }
  }

  @Test func `sampling with replacement picks the best as often as it should`() throws {
    var search = Search(evolution(10, 3))
    try search.run(to: 11) { .accuracy(Double($0.number)) }
    let strategy = try #require(search.strategy as? RegularizedEvolution)
    var generator = SeededGenerator(seed: 5)
    let hits = (0..<10_000).filter { _ in strategy.select(using: &generator)?.reward == 10 }.count
    // 1 − 0.9³ = 0.271 with replacement, 0.3 without; the deviation is 44.
    #expect(abs(hits - 2_710) < 150)
  }

  @Test func `a child differs from its parent in exactly one decision, and all of them occur`()
    throws
  {
    // A population of one: the parent of a proposal is the one before.
    var search = Search(evolution(1, 1))
    try search.run(to: 5_001) { _ in .accuracy(0.5) }
    var seen: Set<[Int]> = []
    for (parent, child) in zip(search.genotypes, search.genotypes.dropFirst()) {
      let changed = points.indices.filter { parent.decisions[$0] != child.decisions[$0] }
      #expect(changed.count == 1)
      seen.formUnion(changed.map { [$0, child.decisions[$0] ?? -1] })
    }
    #expect(seen.count == 30)
  }

  @Test func `with trials in flight every parent is alive when it is drawn`() throws {
    var search = Search(evolution(10, 3), lag: 4)
    var alive: [[Genotype]] = []
    for count in 1...120 {
      try search.run(to: count) { .accuracy(Double($0.number % 7)) }
      alive.append(try population(of: search).map(\.genotype))
    }
    for (index, child) in search.genotypes.enumerated().dropFirst(10) {
      let distances = alive[index].map { parent in
        points.indices.filter { parent.decisions[$0] != child.decisions[$0] }.count
      }
      #expect(distances.contains(1))
    }
    #expect(alive[5].count == 2 && alive[20].count == 10, "observed in order, four behind")
  }

  @Test func `while nothing is observed proposals are random, as many as it takes`() throws {
    var search = Search(evolution(5, 3), lag: 40)
    try search.run(to: 40) { _ in .accuracy(0.5) }
    var random = Search(RandomSearch(points: points, seed: 1))
    try random.run(to: 40) { _ in .accuracy(0.5) }
    #expect(search.genotypes == random.genotypes)
  }

  @Test func `conditions of a space are kept by mutation`() throws {
    let points = MLPSpace().points
    var search = Search(evolution(10, 3, points: points), lag: 3)
    try search.run(to: 400) { .accuracy(Double($0.candidate.genotype.decisions[0] ?? 0)) }
    #expect(search.genotypes.allSatisfy { $0.lies(in: points) })
    let deep = search.genotypes.suffix(100).filter { $0.decisions[0] == 3 }
    #expect(deep.count > 50, "depth is what is rewarded")
  }

  @Test func `limits and directions of objectives decide the reward`() throws {
    let objectives = [
      Objective(.accuracy, .maximise), Objective(.macs, .minimise, limit: 100),
    ]
    var search = Search(evolution(4, 2, objectives: objectives))
    let endings: [Ending] = [
      Ending(metrics: ["search_accuracy": 0.9, "macs": 101]),
      Ending(metrics: ["search_accuracy": 0.5, "macs": 100]),
      Ending(metrics: ["search_accuracy": 0.7]),
      Ending(state: .stoppedEarly, metrics: ["search_accuracy": 0.8, "macs": 1]),
      Ending(),
    ]
    try search.run(to: 5) { endings[$0.number - 1] }
    #expect(try population(of: search).map(\.reward) == [nil, 0.5, nil, nil])
    var small = Search(evolution(4, 2, objectives: [Objective(.parameters, .minimise)]))
    try small.run(to: 3) { Ending(metrics: ["parameters": Double($0.number)]) }
    #expect(try population(of: small).map(\.reward) == [-1, -2])
  }

  @Test func `a pruned trial loses to every completed one and beats what failed`() throws {
    var search = Search(evolution(3, 200))
    let endings = [
      Ending(state: .failed), Ending(state: .stoppedEarly, metrics: ["search_accuracy": 0.9]),
      .accuracy(0.1),
    ]
    for (count, best) in [(2, 0), (3, 1), (4, 2)] {
      try search.run(to: count) { endings[$0.number - 1 < 3 ? $0.number - 1 : 0] }
      var generator = SeededGenerator(seed: 4)
      let strategy = try #require(search.strategy as? RegularizedEvolution)
      #expect(strategy.select(using: &generator)?.genotype == search.genotypes[best])
    }
  }

  @Test func `a parent is evaluated once more as often as asked, by default never`() throws {
    for (identity, range) in [(0.05, 200...300), (0, 0...0)] {
      var search = Search(
        RegularizedEvolution(
          points: points, objectives: [], population: 1, sample: 1, identity: identity, seed: 2))
      try search.run(to: 5_001) { _ in .accuracy(0.5) }
      let repeats = search.trials.count { $0.candidate.isReevaluation }
      #expect(
        repeats == zip(search.genotypes, search.genotypes.dropFirst()).count { $0 == $1 })
      #expect(range.contains(repeats), "\(repeats) of 5000")
    }
  }

  @Test func `of two that break a limit the one that breaks it less is the parent`() throws {
    let objectives = [Objective(.accuracy, .maximise), Objective(.macs, .minimise, limit: 100)]
    var search = Search(evolution(3, 200, objectives: objectives))
    let macs = [400.0, 150, 300]
    try search.run(to: 4) {
      Ending(state: .infeasible, metrics: ["macs": macs[($0.number - 1) % 3]])
    }
    var generator = SeededGenerator(seed: 4)
    let strategy = try #require(search.strategy as? RegularizedEvolution)
    #expect(strategy.select(using: &generator)?.genotype == search.genotypes[1])
  }

  @Test func `with inherited weights a child names its parent, which trains on or anew at times`()
    throws
  {
    var search = Search(
      RegularizedEvolution(
        points: points, objectives: [], population: 10, sample: 3, inheritsWeights: true, seed: 4),
      lag: 4)
    try search.run(to: 4_400) {
      $0.number % 9 == 0 ? Ending(state: .failed) : .accuracy(Double($0.number % 7))
    }
    #expect(search.orphans.isEmpty, "parents are observed, completed and kept")
    var kinds: [String: Int] = [:]
    for trial in search.trials.dropFirst(10) {
      guard let number = trial.candidate.parent else {
        kinds["anew", default: 0] += 1
        continue
      }
      let parent = search.trials[number - 1].candidate.genotype
      let distance = points.indices.filter {
        parent.decisions[$0] != trial.candidate.genotype.decisions[$0]
      }.count
      kinds["\(distance)", default: 0] += 1
    }
    // 4,390 children: one in eleven each, with a deviation of 19.
    #expect(Set(kinds.keys) == ["anew", "0", "1"])
    #expect(abs((kinds["anew"] ?? 0) - 399) < 60 && abs((kinds["0"] ?? 0) - 399) < 60, "\(kinds)")
    var alone = Search(evolution(10, 3, seed: 4))
    try alone.run(to: 100) { .accuracy(Double($0.number % 7)) }
    #expect(alone.trials.allSatisfy { $0.candidate.parent == nil })
    #expect(alone.strategy.possibleParents.isEmpty)
  }
}
