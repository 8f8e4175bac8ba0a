import Architectures
import Domain
import Strategies
import Testing

@Suite struct NSGA2Tests {
  private let points = NASBench201Space().points
  private let both = [Objective(.accuracy, .maximise), Objective(.macs, .minimise)]

  private func nsga2(_ objectives: [Objective], population: Int = 16, seed: UInt64 = 1) -> NSGA2 {
    NSGA2(
      points: points, objectives: objectives, population: population, mutation: 0.8, seed: seed)
  }

  private func population(of search: Search) throws -> [NSGA2.Member] {
    try #require(search.strategy as? NSGA2).population
  }

  @Test(arguments: [1, 4])
  func `no single objective's best value gets worse, nor what all points cover`(lag: Int) throws {
    let front = FrontSearch()
    var search = Search(nsga2(both), lag: lag)
    var best = [-Double.infinity, -Double.infinity]
    var covered = 0.0
    for count in stride(from: 16, through: 240, by: 8) {
      try search.run(to: count) { front.measure($0) }
      let members = try population(of: search)
      guard !members.isEmpty else { continue }
      let now = (0..<2).map { index in members.compactMap { $0.point?.values[index] }.max() ?? 0 }
      #expect(now[0] >= best[0] && now[1] >= best[1])
      best = now
      let archive = search.trials.compactMap { Pareto.Point($0, both) }
      let volume = try #require(Pareto.hypervolume(archive, reference: [0, -60]))
      #expect(volume >= covered)
      covered = volume
      #expect(members.count <= 16)
    }
  }

  @Test func `strategies that honour objectives cover more than random search`() throws {
    let search = FrontSearch()
    let random = try search.covered("random", evaluations: 150)
    for entry in StrategyRegistry.all.entries where entry.honoursObjectives {
      let p = MannWhitney(
        try search.covered(entry.id, evaluations: 150), against: random
      ).pAbove
      #expect(p < 0.01, "\(entry.id): p = \(p)")
    }
  }

  @Test func `limits come first`() throws {
    let front = FrontSearch()
    let limited = [Objective(.accuracy, .maximise), Objective(.macs, .minimise, limit: 11)]
    var search = Search(nsga2(limited), lag: 4)
    try search.run(to: 160) { trial in
      let ending = front.measure(trial)
      // As a job does it: what is too large is refused without being trained.
      guard let macs = ending.metrics[MetricName.macs], macs > 11 else { return ending }
      return Ending(state: .infeasible, metrics: [MetricName.macs: macs])
    }
    #expect(try population(of: search).allSatisfy { $0.point?.violation == 0 })
    let late = search.trials.suffix(60).count { $0.state == .completed }
    let early = search.trials.prefix(16).count { $0.state == .completed }
    #expect(Double(late) / 60 > Double(early) / 16, "\(late) of 60 after \(early) of 16")
  }

  @Test func `members are distinct, the pruned behind the completed, the failed last`() throws {
    var search = Search(nsga2(both, population: 4))
    let endings = [
      Ending(state: .failed), Ending(state: .stoppedEarly),
      Ending(metrics: [MetricName.searchAccuracy: 0.1, MetricName.macs: 9]), Ending(),
    ]
    try search.run(to: 5) { endings[($0.number - 1) % 4] }
    let members = try population(of: search)
    #expect(members.map { $0.point != nil } == [true, false, false, false])
    #expect(members[1].wasStopped && !members[2].wasStopped)
    try search.run(to: 100) { _ in endings[2] }
    #expect(Set(try population(of: search).map(\.genotype)).count == 4)
  }
}
