import Domain
import FoundationEssentials
import Runner
import Testing

/// What is trained beyond the finalists, to know what the search's score and its answer are worth.
@Suite struct FidelityPhaseTests {
  /// Accuracy of a network however it is measured, so that a cheap score may agree or not.
  private static func quality(_ genotype: Genotype) -> Double {
    let values = genotype.decisions.map { $0 ?? 0 }
    let sorted = values[0] <= values[1] ? values : [values[1], values[0], values[2]]
    return 0.3 + Double(sorted[0] * 16 + sorted[1] * 4 + sorted[2]) / 100
  }

  /// Runs a job whose cheap score is `sign` times the accuracy of training alone.
  private func run(
    _ request: JobRequest, sign: Double = 1, seconds: Double = 0.5, pace: Double = 0.1,
    slots: Int = 2, seed: UInt64 = 3
  ) throws -> MachineDriver {
    var driver = try MachineDriver(request, slots: slots, seed: seed)
    driver.pace = pace
    driver.outcome = { FidelityPhaseTests.outcome($0, sign: sign, seconds: seconds) }
    try driver.send(.begin)
    try driver.run()
    return driver
  }

  private static func outcome(
    _ assignment: Assignment, sign: Double, seconds: Double
  ) -> Outcome {
    if assignment.key.role == .supernet {
      var evaluation = Toy.supernet(assignment.key.number)
      let derivation = evaluation.derivation
      evaluation.measured["child_seconds_per_sample"] = seconds / 1280
      evaluation.derivation = Derivation(
        strengths: [:],
        candidates: (derivation?.candidates ?? []).map { candidate in
          ScoredCandidate(
            genotype: candidate.genotype, purposes: candidate.purposes,
            metrics: [
              MetricName.searchAccuracy: 0.5 + sign * (quality(candidate.genotype) - 0.5),
              MetricName.searchLoss: 1,
            ])
        }, warnings: [])
      return .completed(evaluation)
    }
    var value = quality(assignment.genotype)
    let name: String
    switch assignment.key.role {
    case .trial, .supernet:
      name = MetricName.searchAccuracy
      value = 0.5 + sign * (value - 0.5)
    case .selection:
      name = MetricName.validationAccuracy
      value += Double(assignment.key.repetition) / 10_000
    case .test: name = MetricName.testAccuracy
    }
    return .completed(
      Evaluation(
        fingerprint: (try? Toy.architecture(assignment.genotype).fingerprint) ?? "",
        metrics: [name: value], measured: ["train_seconds": seconds], curve: [],
        weights: Digest.sha256("\(assignment.key)")))
  }

  private func fidelity(_ driver: MachineDriver) -> JobFidelity {
    JobFidelity(
      job: driver.rows.job, trials: Array(driver.rows.trials.values),
      runs: Array(driver.rows.runs.values))
  }

  private func repetitions(_ driver: MachineDriver, of trial: Int) -> [Int] {
    driver.rows.runs.values.filter { $0.stage == .selection && $0.trial == trial }
      .map(\.repetition).sorted()
  }

  @Test func `probes are spread over the ranks, and a finalist's first run is shared`() throws {
    let driver = try run(
      Toy.request(
        trials: 30, top: 2, seeds: 2, countsRepeats: false,
        fidelity: .init(share: 0.3, architectures: 8)))
    let plan = try #require(driver.rows.job.finalPlan)
    #expect(plan.probes.count == 8 && plan.probesNote == nil)
    let best = try #require(driver.rows.job.bestTrial)
    #expect(plan.probes.contains(best), "the best by score is one of them")
    #expect(repetitions(driver, of: best) == [0, 1])
    let scores = plan.probes.compactMap { driver.rows.trials[$0]?.searchAccuracy }.sorted()
    let all = driver.rows.trials.values.compactMap(\.searchAccuracy).sorted()
    #expect(scores.first == all.first && scores.last == all.last)
    let others = plan.probes.filter { plan.finalists?.contains($0) == false }
    for assignment in driver.assigned where assignment.key.role == .selection {
      #expect(assignment.keepsWeights == !others.contains(assignment.key.number))
    }
    #expect(others.allSatisfy { repetitions(driver, of: $0) == [0] })
    let attempts = driver.rows.runs.values.map(\.attempt)
    #expect(attempts.allSatisfy { $0 == 1 }, "nothing is trained twice")
    let told = fidelity(driver)
    #expect(told.state == .finished && told.reached == 8 && told.report?.tau.value == 1)
    let phases = driver.rows.events.filter { $0.kind == "job.phase" }
    #expect(
      phases.map { $0.payload["phase"]?.stringValue } == ["checking_fidelity", "final_training"])
    #expect(driver.rows.events.count { $0.kind == "fidelity.finished" } == 1)
  }

  @Test func `how many is the share of the work, and too few are none`() throws {
    // 10 trials of half a run each and 2 finalists and the winner twice: 5 + 6 runs.
    func probes(_ share: Double) throws -> JobFidelity {
      var driver = try MachineDriver(
        Toy.request(
          trials: 10, top: 2, seeds: 2, fidelity: .init(share: share, architectures: 24)),
        slots: 1, seed: 3)
      driver.reusesResults = false
      driver.outcome = { FidelityPhaseTests.outcome($0, sign: 1, seconds: 1) }
      try driver.send(.begin)
      try driver.run()
      #expect(driver.rows.job.state == .succeeded)
      return fidelity(driver)
    }
    let half = try probes(0.5)
    #expect(half.chosen <= 10 && half.chosen >= 5)
    #expect(half.note?.contains("of 24 architectures") == true)
    let third = try probes(1.0 / 3)
    #expect(third.chosen == 5)
    let little = try probes(0.2)
    #expect(little.state == .skipped && little.report == nil)
    #expect(little.note?.contains("2 of") == false && little.note?.contains("20 %") == true)
    #expect(try probes(0).state == .notAsked)
  }

  @Test(arguments: [true, false])
  func `a score that is not trusted gives the finalists up for the best trained alone`(
    shared: Bool
  ) throws {
    let fidelity = JobRequest.Fidelity(share: 0.5, architectures: 10, minTau: 0.2)
    let request = Toy.request(
      trials: shared ? nil : 30, top: 2, seeds: 2, countsRepeats: false,
      rounds: shared ? 2 : nil, fidelity: fidelity)
    let trusted = try run(request)
    #expect(trusted.rows.job.finalPlan?.fellBack == false)
    #expect(trusted.rows.job.finalPlan?.finalists?.first == trusted.rows.job.bestTrial)

    let driver = try run(request, sign: -1)
    let plan = try #require(driver.rows.job.finalPlan)
    #expect(plan.fellBack && self.fidelity(driver).fellBack)
    #expect(try #require(self.fidelity(driver).report).tau.value < -0.9)
    let able = plan.probes + (driver.rows.job.bestTrial.map { [$0] } ?? [])
    let best = able.compactMap { driver.rows.trials[$0]?.candidate.genotype }
      .map(FidelityPhaseTests.quality).max()
    let first = try #require(plan.finalists?.first.flatMap { driver.rows.trials[$0] })
    #expect(FidelityPhaseTests.quality(first.candidate.genotype) == best)
    #expect(plan.finalists?.count == 2)
    let winner = driver.rows.runs.values.first { $0.stage == .test }?.trial
    #expect(winner.map { plan.finalists?.contains($0) == true } == true)
    #expect(
      driver.rows.events.contains {
        $0.kind == "log" && $0.payload["message"]?.stringValue?.contains("not trusted") == true
      })
    // The same whatever ends first and wherever it is lost.
    for steps in stride(from: 5, to: 90, by: 9) {
      var other = try MachineDriver(request, slots: 3, seed: UInt64(steps))
      other.lossRate = 10
      other.outcome = { FidelityPhaseTests.outcome($0, sign: -1, seconds: 0.5) }
      try other.send(.begin)
      try other.run(limit: steps)
      if !other.machine.isOver { try other.crash() }
      try other.run()
      #expect(other.rows.job.digest == driver.rows.job.digest, "crash after \(steps)")
    }
  }

  @Test func `the winner is compared with random draws by fresh runs`() throws {
    let driver = try run(Toy.request(trials: nil, top: 2, seeds: 2, rounds: 1, controls: 19))
    let plan = try #require(driver.rows.job.finalPlan)
    let draws = driver.rows.trials.values.filter {
      $0.candidate.isRandom && $0.state == .completed
    }.map(\.number).sorted()
    #expect(plan.controls == Array(draws.prefix(19)) && plan.controlsNote == nil)
    #expect(plan.controls.allSatisfy { repetitions(driver, of: $0) == [2, 3] })
    let winner = try #require(driver.rows.runs.values.first { $0.stage == .test }?.trial)
    #expect(repetitions(driver, of: winner) == [0, 1, 2, 3])
    for assignment in driver.assigned where assignment.key.role == .selection {
      #expect(assignment.keepsWeights == (assignment.key.repetition < 2))
    }
    let loser = try #require(plan.finalists?.first { $0 != winner })
    #expect(repetitions(driver, of: loser) == [0, 1])
    let verdict = try #require(
      RankVerdict(plan: plan, runs: Array(driver.rows.runs.values)))
    let own = try #require(driver.rows.trials[winner]).candidate.genotype
    let above = plan.controls.compactMap { driver.rows.trials[$0]?.candidate.genotype }
      .count { FidelityPhaseTests.quality($0) >= FidelityPhaseTests.quality(own) }
    #expect(verdict.controls.count == 19 && verdict.above == above)
    #expect(verdict.p == Double(1 + above) / 20)
    let few = try run(Toy.request(trials: nil, rounds: 1, controls: 30))
    #expect(few.rows.job.finalPlan?.controlsNote?.contains("of 30 random") == true)
  }

  @Test func `seconds bound probes, finalists and controls, in words`() throws {
    let request = Toy.request(
      trials: nil, seconds: 30, top: 2, seeds: 2, rounds: 1, controls: 19,
      fidelity: .init(share: 0.2, architectures: 12))
    let driver = try run(request, seconds: 1.5)
    let plan = try #require(driver.rows.job.finalPlan)
    // 6 s of two workers: 10 runs of 1280 samples would take 8.25 s. What ranks is shortened first.
    let probed = try #require(plan.probeSamples)
    #expect(plan.probes.count == 10 && (640..<1280).contains(probed) && probed % 64 == 0)
    #expect(plan.probesNote?.contains("\(probed) samples instead of 1280") == true)
    #expect(plan.isTimed)
    // The controls have fewer seeds before they are fewer, for the least p is one in their number.
    #expect(plan.controls.count == 19)
    #expect(plan.comparison == .init(seeds: 1, samplesSeen: 1280))
    #expect(plan.controlsNote?.contains("1 × 1280 samples") == true)
    #expect(driver.rows.job.state == .succeeded)
    let runs = Array(driver.rows.runs.values)
    #expect(try #require(RankVerdict(plan: plan, runs: runs)).controls.count == 19)
    for assignment in driver.assigned where assignment.key.role == .selection {
      let run = try #require(driver.rows.runs[assignment.key])
      let expected = plan.isProbe(run) ? probed : 1280
      #expect(assignment.schedule.samplesSeen == expected, "\(assignment.key)")
    }
    // At 3 s a run five probes do not fit, and the controls are trained as long as a trial.
    let dear = try run(request, seconds: 4)
    let poor = try #require(dear.rows.job.finalPlan)
    #expect(poor.probes.isEmpty && poor.probesNote?.contains("20 % of the job's seconds") == true)
    #expect(poor.comparison == .init(seeds: 1, samplesSeen: 640) && poor.controls.count == 19)
    // At 8 s they are fewer besides, until it shows that seconds are left.
    let dearest = try run(request, seconds: 8)
    #expect(dearest.rows.job.finalPlan?.controls.count == 19)
    #expect(
      dearest.rows.events.contains {
        $0.payload["message"]?.stringValue?.contains("more random architectures") == true
      })
    let compared = Array(dearest.rows.runs.values)
    #expect(
      dearest.rows.job.finalPlan.flatMap { RankVerdict(plan: $0, runs: compared) }?
        .controls.count == 19)
    let slow = try run(request, seconds: 8, pace: 1)
    let least = try #require(slow.rows.job.finalPlan)
    #expect((1..<19).contains(least.controls.count) && least.comparison?.samplesSeen == 640)
    #expect(least.controlsNote?.contains("fit the seconds left") == true)
    #expect(slow.rows.job.spentSeconds <= 30)
    let roomy = try run(request, seconds: 0.01)
    #expect(roomy.rows.job.finalPlan?.controls.count == 19)
    #expect(roomy.rows.job.finalPlan?.probes.count == 10, "of its 12 probes 10 differ")
    #expect(roomy.rows.job.finalPlan?.isTimed == false)
  }

  @Test func `probes that run out of the phase's seconds are counted as not reached`() throws {
    let request = Toy.request(
      trials: nil, seconds: 100, top: 1, seeds: 1, rounds: 1,
      fidelity: .init(share: 0.2, architectures: 12))
    var driver = try MachineDriver(request, slots: 1, seed: 3)
    driver.outcome = { FidelityPhaseTests.outcome($0, sign: 1, seconds: 0.1) }
    try driver.send(.begin)
    while driver.rows.job.phase != .fidelity { _ = try driver.step() }
    for _ in 0..<6 { _ = try driver.step() }
    driver.seconds = 99.4
    try driver.send(.tick)
    #expect(driver.rows.job.phase == .finalTraining)
    try driver.run()
    let told = fidelity(driver)
    #expect(told.reached == 6 && told.report != nil)
    #expect(told.note?.contains("4 of 10 could not be trained to the end") == true)
    #expect(driver.rows.job.finalPlan?.isTimed == true)
    #expect(driver.rows.job.state == .succeeded)
  }

  @Test func `the best random draw is retrained even where it repeats a trial`() throws {
    var repeats = 0
    for index in 0..<28 {
      let driver = try run(
        Toy.request(
          trials: 40 + index, parallelism: 1 + index % 4, top: 1, seeds: 1,
          control: 0.2 + Double(index / 4) / 20, countsRepeats: true,
          fidelity: .init(share: 0.2, architectures: 6, minTau: index % 2 == 0 ? nil : -1)))
      let finalists = driver.rows.job.finalPlan?.finalists ?? []
      #expect(driver.rows.job.state == .succeeded)
      #expect(driver.rows.runs.values.allSatisfy { $0.state == .completed })
      if finalists.contains(where: { driver.rows.trials[$0]?.cachedFrom != nil }) { repeats += 1 }
    }
    #expect(repeats > 0, "no draw of these is a repeat")
  }

  @Test func `a job in its fidelity phase can be held and cancelled`() throws {
    let request = Toy.request(
      trials: 30, countsRepeats: false, fidelity: .init(share: 0.3, architectures: 8))
    var driver = try MachineDriver(request, slots: 2, seed: 3)
    driver.outcome = { FidelityPhaseTests.outcome($0, sign: 1, seconds: 0.1) }
    try driver.send(.begin)
    while driver.rows.job.phase != .fidelity { _ = try driver.step() }
    #expect(fidelity(driver).state == .running)
    try driver.send(.command(.pause(now: false)))
    try driver.run()
    #expect(driver.rows.job.state == .paused && driver.rows.job.phase == .fidelity)
    try driver.crash()
    try driver.send(.command(.cancel(now: true)))
    try driver.run()
    #expect(driver.rows.job.state == .cancelled)
    #expect(!driver.rows.runs.values.contains { !$0.state.isFinished })
    #expect(fidelity(driver).state == .finished && fidelity(driver).report == nil)
  }
}
