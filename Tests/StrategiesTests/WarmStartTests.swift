import Architectures
import Domain
import Strategies
import Testing

/// Candidates given from outside take the places of random starts.
@Suite struct WarmStartTests {
  private static let points = (0..<6).map { DecisionPoint("d\($0)", values: ["a", "b", "c", "d"]) }

  /// How many random candidates a search begins with after so many were given to it.
  private func starts(_ id: String, given: Int) throws -> Int {
    let entry = try #require(StrategyRegistry.all[id])
    var strategy = try entry.make(
      StrategyContext(
        points: WarmStartTests.points, parameters: entry.defaults,
        objectives: [Objective(.accuracy, .maximise)], seed: 5))
    func finished(_ number: Int, _ candidate: Candidate) -> Trial {
      var trial = Trial(number: number, candidate: candidate, code: "", fingerprint: "\(number)")
      trial.state = .completed
      trial.metrics[MetricName.searchAccuracy] = Double(number % 7) / 7
      return trial
    }
    for number in 0..<given {
      var generator = SeededGenerator(jobSeed: 1, trial: number, purpose: .control)
      strategy.skipStart()
      try strategy.observe(
        finished(number + 1, Candidate(.random(in: WarmStartTests.points, using: &generator))))
    }
    for start in 0..<200 {
      let candidate = try #require(try strategy.propose())
      guard candidate.isRandom else { return start }
      try strategy.observe(finished(given + start + 1, candidate))
    }
    return 200
  }

  @Test(
    arguments: [
      "regularized-evolution", "local-search", "bananas", "gaussian-process", "tpe", "nsga2",
    ])
  func `a given candidate is one random start fewer`(id: String) throws {
    let usual = try starts(id, given: 0)
    #expect((8..<200).contains(usual), "\(usual)")
    #expect(try starts(id, given: 7) == usual - 7)
  }
}
