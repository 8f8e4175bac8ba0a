import Domain
import Testing

@Suite struct RankVerdictTests {
  @Test func `nineteen below are just enough`() throws {
    let controls = (1...19).map { Double($0) / 100 }
    let best = try #require(RankVerdict(trial: 3, accuracy: 0.2, controls: controls))
    #expect(best.answer == .better && best.p == 0.05 && best.above == 0)
    #expect(best.controls.first == 0.19 && best.floor == 0.05)
    let tied = try #require(RankVerdict(trial: 3, accuracy: 0.19, controls: controls))
    #expect(tied.answer == .notDistinguishable && tied.above == 1 && tied.p == 0.1)
    let few = try #require(RankVerdict(trial: 3, accuracy: 1, controls: [0.1, 0.2]))
    #expect(few.answer == .notDistinguishable && few.floor > RankVerdict.level)
    #expect(RankVerdict(trial: 3, accuracy: 1, controls: []) == nil)
  }

  private func run(
    _ trial: Int, _ repetition: Int, _ accuracy: Double, _ state: Trial.State = .completed
  ) -> FinalRun {
    var run = FinalRun(stage: .selection, trial: trial, repetition: repetition, fingerprint: "")
    run.state = state
    run.metrics = state == .completed ? [MetricName.validationAccuracy: accuracy] : [:]
    return run
  }

  @Test func `only fresh runs count, failures as nothing, cut controls not at all`() throws {
    let plan = FinalPlan(
      top: 1, seeds: 2, samplesSeen: 1, shrunkBecause: nil, finalists: [1],
      controls: [2, 3, 4])
    let test = FinalRun(stage: .test, trial: 1, repetition: 0, fingerprint: "")
    var runs = [
      test, run(1, 0, 0.99), run(1, 1, 0.99), run(1, 2, 0.5), run(1, 3, 0.7), run(2, 2, 0.8),
      run(2, 3, 0.6), run(3, 2, 0.9), run(3, 3, 0, .diverged), run(4, 2, 0.9),
      run(4, 3, 0.9, .cancelled),
    ]
    let verdict = try #require(RankVerdict(plan: plan, runs: runs))
    #expect(abs(verdict.accuracy - 0.6) < 1e-12)
    #expect(verdict.controls.count == 2 && verdict.above == 1)
    runs[10].state = .running
    #expect(RankVerdict(plan: plan, runs: runs) == nil, "not before all have ended")
    let none = FinalPlan(top: 1, seeds: 2, samplesSeen: 1, shrunkBecause: nil)
    #expect(RankVerdict(plan: none, runs: runs) == nil)
  }
}
