import Domain
import Runner
import Testing

/// No network is trained twice, and every job has its control.
@Suite struct RepeatTests {
  private func ended(
    _ request: JobRequest, slots: Int = 1, seed: UInt64 = 0
  ) throws -> MachineDriver {
    var driver = try MachineDriver(request, slots: slots, seed: seed)
    try driver.send(.begin)
    try driver.run()
    return driver
  }

  private func trials(_ driver: MachineDriver) -> [Trial] {
    driver.rows.trials.values.sorted { $0.number < $1.number }
  }

  @Test func `a repeat has the result of its first trial and was never given out`() throws {
    let driver = try ended(Toy.request(trials: 30, countsRepeats: false))
    let repeats = trials(driver).filter { $0.cachedFrom != nil }
    #expect(repeats.count > 3)
    #expect(driver.rows.job.repeatedTrials == repeats.count)
    for copy in repeats {
      let original = try #require(copy.cachedFrom.flatMap { driver.rows.trials[$0] })
      #expect(original.number < copy.number && original.cachedFrom == nil)
      #expect(original.fingerprint == copy.fingerprint && original.state == copy.state)
      #expect(original.metrics == copy.metrics && original.curve == copy.curve)
      #expect(copy.attempt == 0 && copy.weights == nil)
    }
    let given = Set(driver.assigned.filter { $0.key.role == .trial }.map(\.key.number))
    #expect(given.isDisjoint(with: repeats.map(\.number)))
    let networks = trials(driver).filter { $0.attempt > 0 }.compactMap(\.fingerprint)
    #expect(Set(networks).count == networks.count, "each is trained once")
  }

  @Test func `repeats do not use the budget up unless asked`() throws {
    let free = try ended(Toy.request(trials: 25, countsRepeats: false))
    #expect(trials(free).count { $0.cachedFrom == nil && $0.state != .cancelled } == 25)
    let paid = try ended(Toy.request(trials: 25, countsRepeats: true))
    #expect(trials(paid).count == 25)
  }

  @Test func `repeats and control are the same whatever finishes first and wherever it is killed`()
    throws
  {
    let request = Toy.request(trials: 44, control: 0.25, countsRepeats: false)
    let expected = try ended(request)
    #expect(trials(expected).contains { $0.cachedFrom != nil })
    for seed in 1...12 {
      var driver = try MachineDriver(request, slots: 1 + seed % 5, seed: UInt64(seed))
      driver.lossRate = 5
      try driver.send(.begin)
      for _ in 0..<6 where !driver.machine.isOver {
        try driver.run(limit: 17 + seed)
        if !driver.machine.isOver { try driver.crash() }
      }
      try driver.run()
      #expect(driver.rows.job.digest == expected.rows.job.digest, "seed \(seed)")
      #expect(driver.rows.job.repeatedTrials == expected.rows.job.repeatedTrials)
    }
  }

  @Test func `a space that has nothing new ends the search`() throws {
    // 64 genotypes, some of them the same network: far fewer than the budget.
    let driver = try ended(Toy.request(trials: 1000, countsRepeats: false))
    #expect(driver.rows.job.stopReason == .spaceExhausted)
    #expect(driver.rows.job.state == .succeeded)
    let last = trials(driver).suffix(450)
    #expect(last.allSatisfy { $0.cachedFrom != nil })
    #expect(last.contains { $0.candidate.isRandom }, "the strategy had no new one to offer")
  }

  @Test func `a quarter of the trials is drawn at random, evenly, and the best of them retrained`()
    throws
  {
    let request = Toy.request(trials: 44, top: 1, control: 0.25, countsRepeats: true)
    let driver = try ended(request)
    let random = trials(driver).filter(\.candidate.isRandom)
    #expect(random.count == 11)
    #expect(random.map(\.number).prefix(3) == [4, 8, 12])
    let best = try #require(
      random.filter { $0.searchAccuracy != nil }.max {
        ($0.searchAccuracy ?? 0, -$0.number) < ($1.searchAccuracy ?? 0, -$1.number)
      })
    let retrained = Set(driver.rows.runs.values.filter { $0.stage == .selection }.map(\.trial))
    #expect(retrained == [best.number, driver.rows.job.bestTrial ?? 0])
  }

  @Test(arguments: [(39, 0.1, 0), (40, 0.1, 10), (60, 0.2, 12), (40, 0, 0)])
  func `at least ten random trials, or none`(trials: Int, share: Double, expected: Int) throws {
    let driver = try ended(Toy.request(trials: trials, control: share))
    #expect(driver.rows.trials.values.count { $0.candidate.isRandom } == expected)
  }

  @Test func `a hurdle ends a trial with its reason, which is kept`() throws {
    var driver = try MachineDriver(Toy.request(trials: 4), slots: 1, seed: 0)
    driver.outcome = { assignment in
      guard assignment.key.number == 2, assignment.key.role == .trial else {
        return Toy.outcome(
          assignment.key.role, assignment.key.number, assignment.key.repetition,
          assignment.genotype)
      }
      let curve = [
        Measurement(epoch: 1, metrics: [MetricName.validationAccuracy: 0.2], seconds: 0)
      ]
      return .stopped(
        reason: "below the median",
        Evaluation(fingerprint: "", metrics: [:], measured: [:], curve: curve, weights: nil))
    }
    try driver.send(.begin)
    try driver.run()
    let trial = try #require(driver.rows.trials[2])
    #expect(trial.state == .stoppedEarly && trial.failure == "below the median")
    #expect(trial.curve.count == 1 && trial.searchAccuracy == nil)
    #expect(driver.rows.job.bestTrial != 2)
  }
}
