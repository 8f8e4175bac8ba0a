import Domain
import Runner
import Testing

/// Searches that begin with the best of scored draws.
@Suite struct WarmStartTests {
  private static let starts = [[0, 1, 2], [3, 1, 0], [2, 2, 1]].map { Genotype($0) }

  private static let request: JobRequest = {
    var request = Toy.request(trials: 40, control: 0.25)
    request.warmStart = WarmStart(proxy: "snip", draws: 20, keep: 3)
    return request
  }()

  private func driver(
    slots: Int = 1, seed: UInt64 = 0, request: JobRequest = WarmStartTests.request,
    outcome: Outcome? = nil
  ) throws -> MachineDriver {
    var driver = try MachineDriver(request, slots: slots, seed: seed)
    let candidates = WarmStartTests.starts.map {
      ScoredCandidate(genotype: $0, purposes: [.start], metrics: ["proxy_snip": 1])
    }
    let found = Outcome.completed(
      Evaluation(
        fingerprint: "", metrics: [:], measured: ["score_seconds": 1], curve: [], weights: nil,
        derivation: Derivation(strengths: [:], candidates: candidates, warnings: [])))
    driver.outcome = {
      $0.key.role == .supernet
        ? outcome ?? found
        : Toy.outcome($0.key.role, $0.key.number, $0.key.repetition, $0.genotype)
    }
    try driver.send(.begin)
    return driver
  }

  @Test func `the first trials are the draws found, best first, and are trained like any`() throws {
    var driver = try driver(slots: 2)
    try driver.run()
    #expect(driver.rows.job.state == .succeeded)
    #expect(driver.assigned.first?.key == OrderKey(.supernet, 1))
    #expect(driver.assigned.filter { $0.key.role == .supernet }.count == 1)
    for (index, start) in WarmStartTests.starts.enumerated() {
      let trial = try #require(driver.rows.trials[index + 1])
      #expect(trial.candidate == Candidate(start) && trial.attempt == 1)
    }
    #expect(driver.rows.trials.values.contains { $0.candidate.isRandom })
    #expect(try driver.rows.strategy().log.contains { $0.hasPrefix("propose") })
    #expect(!driver.rows.events.contains { $0.kind.hasPrefix("supernet") })
  }

  @Test func `a crash at any step, and any number of slots, ends with the same digest`() throws {
    var expected = try driver()
    try expected.run()
    var step = 0
    while true {
      var driver = try driver(slots: 1 + step % 3, seed: UInt64(step))
      driver.lossRate = 10
      guard try driver.run(limit: step) == step, !driver.machine.isOver else { break }
      try driver.crash()
      try driver.run()
      #expect(driver.rows.job.digest == expected.rows.job.digest, "step \(step)")
      step += 1
    }
    #expect(step > 30)
  }

  @Test func `a warm start that finds nothing is told, and the search goes on without`() throws {
    var driver = try driver(outcome: .infeasible(reason: "none of 80 draws is a network", nil))
    try driver.run()
    #expect(driver.rows.job.state == .succeeded)
    let warnings = driver.rows.events.filter { $0.payload["level"] == "warning" }
    #expect(
      warnings.map { $0.payload["message"] } == [
        "the search begins without its warm start, which found nothing: none of 80 draws is a network"
      ])
  }

  @Test func `a warm start has a tenth of the seconds, and the search the rest`() throws {
    var request = WarmStartTests.request
    request.budget.maxTrials = nil
    request.budget.maxSeconds = 100
    var driver = try driver(request: request)
    let left = try #require(driver.assigned.first?.secondsLeft)
    #expect(abs(left - 10) < 0.1)
    // Nothing comes back in time.
    driver.seconds += 11.5
    try driver.send(.tick)
    #expect(driver.dropped == [OrderKey(.supernet, 1)])
    try driver.run()
    #expect(driver.rows.job.state == .succeeded && driver.rows.trials.count > 20)
  }

  @Test func `a cancelled job drops the scoring at once`() throws {
    var driver = try driver()
    try driver.send(.command(.cancel(now: false)))
    #expect(driver.dropped == [OrderKey(.supernet, 1)])
    try driver.run()
    #expect(driver.rows.job.state == .cancelled && driver.rows.trials.isEmpty)
  }
}
