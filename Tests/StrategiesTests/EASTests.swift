import Architectures
import Domain
import Strategies
import Testing

@Suite struct EASTests {
  private let space = EASChainSpace()

  private func strategy(
    _ params: [String: JSONValue] = [:], objectives: [Objective] = [], seed: UInt64 = 3
  ) throws -> EAS {
    let entry = try #require(StrategyRegistry.all["eas"])
    var faults: [Fault] = []
    let parameters = Parameters(params, for: entry.parameters, at: "", faults: &faults)
    #expect(faults.isEmpty)
    return try EAS(
      StrategyContext(
        points: space.points, parameters: parameters, objectives: objectives, seed: seed,
        trials: 40))
  }

  /// Larger networks are better.
  private func accuracy(_ trial: Trial) -> Double {
    let sum = trial.candidate.genotype.decisions.compactMap { $0 }.reduce(0, +)
    return 0.5 + 0.01 * Double(sum)
  }

  @Test func `it begins with the small network alone, and children grow out of it`() throws {
    var search = Search(try strategy(), lag: 4)
    try search.run(to: 60) { .accuracy(accuracy($0)) }
    #expect(space.code(of: search.genotypes[0]) == "conv-8-3 pool conv-8-3 fc-16")
    #expect(search.trials[0].candidate.parent == nil)
    #expect(search.trials[0].candidate.isRandom == false && search.orphans.isEmpty)
    for trial in search.trials.dropFirst() {
      let parent = search.trials[try #require(trial.candidate.parent) - 1]
      let genotype = trial.candidate.genotype
      #expect(space.descent(of: genotype, from: parent.candidate.genotype) != nil)
      #expect(genotype != parent.candidate.genotype)
    }
  }

  @Test func `the best child of a stage is the next start, compared with its own stage alone`()
    throws
  {
    var search = Search(try strategy(["stage": 5]), lag: 1)
    // A child of the first stage scores best of all, and a later one that trained longer less.
    let scores = [0.5, 0.6, 0.7, 0.95, 0.65, 0.66, 0.8, 0.7, 0.81, 0.6, 0.5, 0.4]
    try search.run(to: 12) { .accuracy(scores[$0.number - 1]) }
    let parents = search.trials.map(\.candidate.parent)
    #expect(parents == [nil, 1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 9])
    #expect(search.strategy.possibleParents == [1, 9])
  }

  @Test func `a grown-out network makes the search begin again, and so does a stage of failures`()
    throws
  {
    var search = Search(try strategy(["stage": 2]), lag: 1)
    try search.run(to: 60) { .accuracy(accuracy($0)) }
    let starts = search.trials.compactMap(\.candidate.parent)
    #expect(starts.count { $0 == 1 } > 2, "back at the first")
    #expect(Set(starts).count > 4)
    var failing = Search(try strategy(["stage": 2]), lag: 1)
    try failing.run(to: 8) {
      $0.number <= 3 ? .accuracy(accuracy($0)) : Ending(state: .diverged)
    }
    let parents = failing.trials.map(\.candidate.parent)
    #expect(
      parents[1...2] == [1, 1] && [2, 3].contains(parents[3]) && parents[5...] == [1, 1, 1])
  }

  @Test func `trials of others and a start that fails do not stop it`() throws {
    var eas = try strategy()
    let first = try #require(try eas.propose())
    #expect(try eas.propose() == nil, "nothing can grow yet")
    var stranger = Trial(number: 1, candidate: Candidate(first.genotype, isRandom: true), code: "")
    stranger.state = .completed
    stranger.metrics = [MetricName.searchAccuracy: 0.9]
    try eas.observe(stranger)
    #expect(try eas.propose() == nil && eas.possibleParents.isEmpty)
    var failed = Trial(number: 2, candidate: first, code: "")
    failed.state = .failed
    try eas.observe(failed)
    let second = try #require(try eas.propose())
    #expect(second.isRandom && second.parent == nil && second.genotype.lies(in: space.points))
    var trained = Trial(number: 3, candidate: second, code: "")
    trained.state = .completed
    trained.metrics = [MetricName.searchAccuracy: 0.5]
    try eas.observe(trained)
    #expect(try eas.propose()?.parent == 3 && eas.possibleParents == [3])
  }

  @Test func `the reward stretches the top and is bounded`() {
    #expect(EAS.reward(0.5) == 1 && EAS.reward(0) == 0)
    #expect(EAS.reward(1) == EAS.reward(0.99) && EAS.reward(1) < 64)
    #expect(EAS.reward(0.98) - EAS.reward(0.97) > 10 * (EAS.reward(0.6) - EAS.reward(0.59)))
  }

  @Test func `it learns which growth is paid`() throws {
    // The kernels of inserted layers are what is rewarded: 5 rather than 1 or 3.
    func isLarge(_ trial: Trial) -> Double {
      guard let plan = try? space.plan(of: trial.candidate.genotype) else { return 0 }
      let inserted = plan.stages.joined().filter { $0.kernel != 3 }
      return inserted.isEmpty
        ? 0.5 : Double(inserted.count { $0.kernel == 5 }) / Double(inserted.count)
    }
    var early = 0.0
    var late = 0.0
    for seed in UInt64(1)...4 {
      var search = Search(try strategy(["stage": 400, "wider_steps": 0], seed: seed), lag: 4)
      try search.run(to: 400) { .accuracy(0.4 + 0.5 * isLarge($0)) }
      early += search.trials[1...60].reduce(0) { $0 + isLarge($1) } / 60
      late += search.trials.suffix(60).reduce(0) { $0 + isLarge($1) } / 60
    }
    #expect(late > early + 4 * 0.25, "\(early / 4) at first, \(late / 4) at last")
  }

  @Test func `foreign points and a growth of nothing are refused`() throws {
    let entry = try #require(StrategyRegistry.all["eas"])
    #expect(throws: ServiceError.self) {
      try entry.make(
        StrategyContext(
          points: MLPSpace().points, parameters: entry.defaults, objectives: [], seed: 1))
    }
    #expect(throws: ServiceError.self) { try strategy(["wider_steps": 0, "deeper_steps": 0]) }
    #expect(entry.spaces == ["eas-chain"] && entry.homeSpace == "eas-chain")
  }
}
