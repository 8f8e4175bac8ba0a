import Architectures
import Domain
import Strategies
import Testing

/// What TPE and BOHB do beyond the promises of all strategies.
@Suite struct DensityTests {
  private let points = NASBench201Space().points

  private func bohb(random: Double = 0, seed: UInt64 = 1) -> BOHB {
    BOHB(
      points: points, objectives: [], draws: 64, share: 0.15, randomShare: random, seed: seed)
  }

  private func curve(_ values: [Double]) -> [Measurement] {
    values.enumerated().map {
      Measurement(
        epoch: $0 + 1, metrics: [MetricName.validationAccuracy: $1], seconds: Double($0))
    }
  }

  @Test func `start draws of TPE are random, later ones are not`() throws {
    var search = Search(
      TPE(points: points, objectives: [], starts: 20, draws: 24, share: 0.15, seed: 1), lag: 4)
    try search.run(to: 60) { .accuracy(Double($0.candidate.genotype.decisions[2] ?? 0)) }
    #expect(search.trials.map(\.candidate.isRandom) == (0..<60).map { $0 < 20 })
    let late = search.genotypes.suffix(30).count { $0.decisions[2] == 4 }
    #expect(late > 20, "\(late) of 30 take what is good")
  }

  @Test func `TPE judges a decision by the trials in which it is active`() throws {
    // Active only under one value; there value 2 is best, and that branch is best of all.
    let points = [
      DecisionPoint("branch", values: ["a", "b"]),
      DecisionPoint("inner", values: ["0", "1", "2"], condition: .init(index: 0, values: [1])),
      DecisionPoint("noise", values: (0..<40).map(String.init)),
    ]
    var search = Search(
      TPE(points: points, objectives: [], starts: 20, draws: 24, share: 0.15, seed: 5))
    try search.run(to: 70) { trial in
      .accuracy(Double(trial.candidate.genotype.decisions[1].map { $0 + 1 } ?? 0))
    }
    #expect(search.genotypes.allSatisfy { $0.lies(in: points) })
    let late = search.genotypes.suffix(20).count { $0.decisions[1] == 2 }
    #expect(late > 7, "\(late) of 20; random draws would give 3")
  }

  @Test func `a third of BOHB's candidates are random throughout, and marked`() throws {
    var search = Search(bohb(random: 0.333))
    try search.run(to: 600) { .accuracy(Double($0.candidate.genotype.decisions[0] ?? 0)) }
    let share = Double(search.trials.suffix(580).count { $0.candidate.isRandom }) / 580
    #expect(abs(share - 1.0 / 3) < 0.06, "\(share)")
  }

  @Test func `BOHB needs seven good and seven bad trials for six decisions`() throws {
    var search = Search(bohb())
    try search.run(to: 40) { .accuracy(Double($0.candidate.genotype.decisions[0] ?? 0)) }
    #expect(search.trials.map(\.candidate.isRandom) == (0..<40).map { $0 < 14 })
  }

  /// Proposals after trials whose curves say different things at 1 and at 9 epochs.
  private func late(completed: Int, stopped: Int) throws -> [Genotype] {
    var strategy = bohb(seed: 8)
    for number in 1...(completed + stopped) {
      let candidate = try #require(try strategy.propose())
      var trial = Trial(number: number, candidate: candidate, code: "")
      let isCompleted = number <= completed
      trial.state = isCompleted ? .completed : .stoppedEarly
      // After one epoch value 0 of the first decision looks best, after nine value 4 is.
      let value = Double(candidate.genotype.decisions[0] ?? 0) / 4
      let early = 1 - value
      trial.curve = curve(isCompleted ? (1...9).map { $0 < 9 ? early : value } : [early])
      if isCompleted { trial.metrics = [MetricName.searchAccuracy: value] }
      try strategy.observe(trial)
    }
    return try (0..<30).map { _ in try #require(try strategy.propose()).genotype }
  }

  @Test func `BOHB learns from the largest fidelity that has enough trials`() throws {
    let few = try late(completed: 6, stopped: 60)
    let many = try late(completed: 40, stopped: 60)
    #expect(few.count { $0.decisions[0] == 0 } > 20, "six at nine epochs are too few")
    #expect(many.count { $0.decisions[0] == 4 } > 20, "forty are enough")
  }

  @Test func `what was stopped is judged beside what went on, however long that was`() throws {
    // Ten reach 81 epochs, too few for a model; 56 are stopped after 27, where they are worse.
    var strategy = bohb(seed: 8)
    for number in 1...66 {
      let candidate = try #require(try strategy.propose())
      let isCompleted = number <= 10
      var genotype = candidate.genotype
      // What completes has value 3, what is stopped any other: the better, the smaller.
      genotype.decisions[0] = isCompleted ? 3 : [0, 1, 2, 4][number % 4]
      var trial = Trial(number: number, candidate: Candidate(genotype), code: "")
      trial.state = isCompleted ? .completed : .stoppedEarly
      let score = isCompleted ? 0.9 : 0.5 - 0.1 * Double(genotype.decisions[0] ?? 0)
      trial.curve = curve(Array(repeating: score, count: isCompleted ? 81 : 27))
      if isCompleted { trial.metrics = [MetricName.searchAccuracy: score] }
      try strategy.observe(trial)
    }
    let late = try (0..<30).map { _ in try #require(try strategy.propose()).genotype }
    #expect(late.count { $0.decisions[0] == 3 } > 20, "all of the best nine have it")
  }
}
