import Domain
import Testing

@Suite struct ControlVerdictTests {
  private func trials(_ values: [Double], random: Bool, from first: Int = 1) -> [Trial] {
    values.enumerated().map { index, value in
      var trial = Trial(
        number: first + index, candidate: Candidate(Genotype([0]), isRandom: random), code: "")
      trial.state = .completed
      trial.metrics = [MetricName.searchAccuracy: value]
      return trial
    }
  }

  @Test func `the second half of the strategy is compared with all of the control`() throws {
    let control = trials((0..<10).map { 0.5 + Double($0) / 100 }, random: true)
    // A first half that is worse than everything does not count.
    let learnt = trials(
      Array(repeating: 0.1, count: 10) + (0..<10).map { 0.6 + Double($0) / 100 }, random: false,
      from: 11)
    let verdict = try #require(ControlVerdict(of: control + learnt))
    #expect(verdict.answer == .better)
    #expect(verdict.strategyTrials == 10 && verdict.controlTrials == 10)
    #expect(verdict.test.effect == 1)
    let worse = trials(Array(repeating: 0.4, count: 20), random: false, from: 11)
    #expect(ControlVerdict(of: control + worse)?.answer == .worse)
    let same = trials((0..<20).map { 0.5 + Double($0 % 10) / 100 }, random: false, from: 11)
    #expect(ControlVerdict(of: control + same)?.answer == .notDistinguishable)
  }

  @Test func `repeats and what was never trained do not count`() throws {
    let control = trials([0.5, 0.6], random: true)
    var strategy = trials([0.7, 0.7, 0.7, 0.9], random: false, from: 3)
    strategy[1].cachedFrom = 3
    strategy[3].state = .infeasible
    let verdict = try #require(ControlVerdict(of: control + strategy))
    #expect(verdict.strategyTrials == 1 && verdict.controlTrials == 2)
    #expect(ControlVerdict(of: control) == nil)
    #expect(ControlVerdict(of: strategy) == nil)
    let heir = Candidate(Genotype([0]), parent: 3)
    var grown = Trial(number: 9, candidate: heir, code: "")
    grown.state = .completed
    grown.metrics = [MetricName.searchAccuracy: 0.9]
    #expect(ControlVerdict(of: control + strategy + [grown]) == nil)
  }

  @Test func `what was stopped early counts as lower than all that completed`() throws {
    // A pruner lets one in three of either side complete; the strategy's are better.
    func pruned(_ values: [Double], random: Bool, from first: Int) -> [Trial] {
      var pruned = trials(values, random: random, from: first)
      for index in pruned.indices where index % 3 > 0 { pruned[index].state = .stoppedEarly }
      return pruned
    }
    let control = pruned(Array(repeating: 0.5, count: 12), random: true, from: 1)
    let learnt = trials(Array(repeating: 0.6, count: 24), random: false, from: 13)
    let verdict = try #require(ControlVerdict(of: control + learnt))
    #expect(verdict.strategyTrials == 12 && verdict.controlTrials == 12)
    #expect(verdict.answer == .better)
    let alike = pruned(Array(repeating: 0.6, count: 24), random: false, from: 13)
    let even = try #require(ControlVerdict(of: control + alike))
    #expect(even.strategyTrials == 12 && even.answer == .notDistinguishable)
    // 8 of 12 tie with 8 of 12 at the bottom; the 4 above win against all: (144 − 64 + 32) / 144 …
    #expect(abs(even.test.effect - (4.0 * 12 + 8 * 8 / 2) / 144) < 1e-12)
    let stopped = pruned(Array(repeating: 0.5, count: 3), random: true, from: 1).suffix(2)
    #expect(ControlVerdict(of: stopped + learnt) == nil, "no control completed")
  }

  @Test func `the power is Noether's`() throws {
    let many =
      trials(Array(repeating: 0.5, count: 10), random: true)
      + trials(Array(repeating: 0.6, count: 40), random: false, from: 11)
    let verdict = try #require(ControlVerdict(of: many))
    // n = 20, m = 10: Φ(0.25·√(12·200/31) − 1.6449) = Φ(0.5548).
    #expect(abs(verdict.power - 0.7105) < 1e-3)
  }
}
