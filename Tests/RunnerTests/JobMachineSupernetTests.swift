import Domain
import FoundationEssentials
import Runner
import Testing

/// Searches on shared weights: rounds before proposals, scores instead of trials.
@Suite struct JobMachineSupernetTests {
  private func ended(
    _ request: JobRequest, slots: Int = 1, seed: UInt64 = 0, lossRate: Int = 0
  ) throws -> MachineDriver {
    var driver = try MachineDriver(request, slots: slots, seed: seed)
    driver.lossRate = lossRate
    try driver.send(.begin)
    try driver.run()
    return driver
  }

  private let request = Toy.request(
    trials: nil, rounds: 3, controls: 5, fidelity: .init(share: 0.2, architectures: 6))

  @Test func `the strategy hears of every round in order, then proposes, whatever ends first`()
    throws
  {
    let expected = try ended(request)
    let log = try expected.rows.strategy().log
    #expect(log.prefix(3).map { $0.prefix(10) } == ["supernet 1", "supernet 2", "supernet 3"])
    #expect(log.prefix(3).allSatisfy { $0.hasSuffix(" 41 0") }, "nothing measured is told")
    #expect(!log.dropFirst(3).contains { $0.hasPrefix("supernet") })
    #expect(expected.rows.job.digest != nil)
    for slots in 1...4 {
      for seed in 0..<6 {
        let driver = try ended(request, slots: slots, seed: UInt64(seed), lossRate: seed * 6)
        #expect(try driver.rows.strategy().log == log, "slots \(slots), seed \(seed)")
        #expect(driver.rows.job.digest == expected.rows.job.digest)
      }
    }
  }

  @Test func `candidates with scores are completed without an order and keep no weights`() throws {
    let driver = try ended(request)
    #expect(driver.rows.job.state == .succeeded)
    #expect(driver.rows.job.stopReason == .searchFinished)
    #expect(driver.rows.trials.count == 3 * 41)
    #expect(!driver.assigned.contains { $0.key.role == .trial })
    for trial in driver.rows.trials.values {
      #expect(trial.cachedFrom == nil && trial.attempt == 0 && trial.weights == nil)
      #expect(trial.state == (trial.fingerprint == nil ? .infeasible : .completed))
      guard trial.state == .completed else { continue }
      #expect(trial.searchAccuracy == trial.candidate.scores?[MetricName.searchAccuracy])
      #expect(trial.metrics[MetricName.macs] != nil)
    }
    let networks = driver.rows.trials.values.compactMap(\.fingerprint)
    #expect(Set(networks).count < networks.count, "the same network may be scored twice")
    let plan = try #require(driver.rows.job.finalPlan)
    for number in plan.finalists ?? [] {
      let candidate = try #require(driver.rows.trials[number]?.candidate)
      #expect(!candidate.isProbe && !candidate.isRandom)
    }
  }

  @Test func `a loss at any step goes on with the same attempt's checkpoint and ends the same`()
    throws
  {
    let request = Toy.request(
      trials: nil, rounds: 2, controls: 3, fidelity: .init(share: 0.2, architectures: 5))
    let expected = try ended(request)
    var step = 0
    while true {
      var driver = try MachineDriver(request, slots: 2, seed: UInt64(step))
      driver.lossRate = 10
      try driver.send(.begin)
      guard try driver.run(limit: step) == step, !driver.machine.isOver else { break }
      try driver.crash()
      try driver.run()
      #expect(driver.rows.job.digest == expected.rows.job.digest, "step \(step)")
      #expect(driver.rows.job.state == .succeeded)
      step += 1
    }
    #expect(step > 60)
  }

  @Test(arguments: [JobCommand.pause(now: false), .pause(now: true)])
  func `a pause drops a supernet at once, and it goes on later`(command: JobCommand) throws {
    let expected = try ended(request)
    for steps in [0, 1, 2, 3, 8, 60, 140] {
      var driver = try MachineDriver(request, slots: 2, seed: 1)
      try driver.send(.begin)
      try driver.run(limit: steps)
      let supernets = driver.inFlight.filter { $0.key.role == .supernet }.map(\.key)
      try driver.send(.command(command))
      #expect(driver.dropped.isSuperset(of: supernets))
      try driver.run()
      #expect(driver.rows.job.state == .paused)
      #expect(!driver.rows.supernets.values.contains { $0.state == .running })
      try driver.crash()
      try driver.run()
      #expect(driver.rows.job.digest == expected.rows.job.digest, "after \(steps) steps")
    }
  }

  @Test func `a suspended supernet keeps the job's state`() throws {
    let expected = try ended(request)
    var driver = try MachineDriver(request, slots: 2, seed: 1)
    try driver.send(.begin)
    try driver.send(.suspend)
    try driver.run()
    #expect(driver.machine.isOver && driver.rows.job.state == .running)
    try driver.crash()
    try driver.run()
    #expect(driver.rows.job.digest == expected.rows.job.digest)
  }

  @Test func `a cancelled supernet is dropped and the job ends`() throws {
    var driver = try MachineDriver(request, slots: 2, seed: 1)
    try driver.send(.begin)
    try driver.send(.command(.cancel(now: false)))
    #expect(driver.dropped.count == 2)
    try driver.run()
    #expect(driver.rows.job.state == .cancelled && driver.rows.job.stopReason == .user)
    #expect(driver.rows.supernets.values.map(\.state) == [.cancelled, .cancelled, .cancelled])
  }

  @Test func `one round that failed does not end the job, all do, with the reason`() throws {
    func run(_ failing: Set<Int>) throws -> MachineDriver {
      var driver = try MachineDriver(request, slots: 2, seed: 1)
      driver.outcome = { assignment in
        if assignment.key.role == .supernet, failing.contains(assignment.key.number) {
          return .infeasible(reason: "the supernet needs 3 GB of 1 GB", nil)
        }
        return Toy.outcome(
          assignment.key.role, assignment.key.number, assignment.key.repetition,
          assignment.genotype)
      }
      try driver.send(.begin)
      try driver.run()
      return driver
    }
    let some = try run([1, 3])
    #expect(some.rows.job.state == .succeeded)
    #expect(try some.rows.strategy().log.first?.hasPrefix("supernet 2 ") == true)
    #expect(some.rows.supernets[1]?.state == .infeasible)
    let none = try run([1, 2, 3])
    #expect(none.rows.job.state == .failed && none.rows.job.stopReason == .error)
    #expect(none.rows.job.failure?.contains("3 GB of 1 GB") == true)
    #expect(none.rows.trials.isEmpty)
  }

  @Test func `a worker's third fault on one round fails it, and what derives nothing fails`() throws
  {
    var driver = try MachineDriver(request, slots: 2, seed: 1)
    driver.outcome = { assignment in
      switch (assignment.key.role, assignment.key.number) {
      case (.supernet, 1): return .lost(reason: "ended by signal 11", isTrap: true)
      case (.supernet, 2):
        return .completed(
          Evaluation(fingerprint: "", metrics: [:], measured: [:], curve: [], weights: nil))
      default:
        return Toy.outcome(
          assignment.key.role, assignment.key.number, assignment.key.repetition,
          assignment.genotype)
      }
    }
    try driver.send(.begin)
    try driver.run()
    #expect(driver.rows.supernets[1]?.state == .failed && driver.rows.supernets[1]?.attempt == 3)
    #expect(driver.rows.supernets[1]?.curve.isEmpty == true, "how far it came is no result")
    #expect(driver.rows.supernets[2]?.failure?.contains("derived no candidates") == true)
    #expect(driver.rows.job.state == .succeeded)
  }

  @Test func `epochs are told and drawn, a repeated attempt takes its own up`() throws {
    var driver = try MachineDriver(request, slots: 1, seed: 1)
    try driver.send(.begin)
    let key = try #require(driver.inFlight.first).key
    #expect(key == OrderKey(.supernet, 1))
    for epoch in [1, 2, 3, 2, 3] {
      try driver.send(
        .measured(
          key, Measurement(epoch: epoch, metrics: ["train_loss": nil], seconds: Double(epoch))))
    }
    #expect(!driver.rows.events.contains { $0.kind == "supernet.epoch" }, "saved in batches")
    try driver.send(.tick)
    #expect(driver.rows.events.count { $0.kind == "supernet.epoch" } == 5)
    #expect(driver.rows.supernets[1]?.curve.map(\.epoch) == [1, 2, 3])
    try driver.run()
    #expect(driver.rows.supernets[1]?.curve == Toy.supernet(1).curve)
    #expect(driver.rows.supernets[1]?.strengths == ["edge": [0.25, 0.75]])
    let warnings = driver.rows.events.filter { $0.kind == "supernet.warning" }
    #expect(warnings.map { $0.payload["round"]?.intValue } == [2])
    #expect(driver.rows.supernets[2]?.warnings == ["one branch wins everywhere"])
    #expect(driver.forgotten == 1, "checkpoints go once the rounds were told")
  }

  @Test func `supernets get what the later phases do not hold back, by waves`() throws {
    func left(_ slots: Int, share: Double) throws -> [Double] {
      let request = Toy.request(
        trials: nil, seconds: 100, rounds: 3, fidelity: .init(share: share))
      var driver = try MachineDriver(request, slots: slots, seed: 1)
      try driver.send(.begin)
      return driver.assigned.compactMap(\.secondsLeft).map { ($0 * 10).rounded() / 10 }
    }
    #expect(try left(3, share: 0.2) == [40, 40, 40])
    #expect(try left(2, share: 0.2) == [20, 20])
    #expect(try left(1, share: 0) == [20])
  }

  @Test func `a supernet that does not end in time is cut after a grace, and what is whole counts`()
    throws
  {
    var driver = try MachineDriver(
      Toy.request(trials: nil, seconds: 100, rounds: 2), slots: 2, seed: 1)
    try driver.send(.begin)
    driver.seconds = 62
    try driver.send(.tick)
    #expect(driver.dropped.isEmpty, "its worker ends by itself")
    let first = try #require(driver.inFlight.first { $0.key.number == 1 })
    driver.inFlight.removeAll { $0.key.number == 1 }
    try driver.send(.ended(first.key, .completed(Toy.supernet(1))))
    driver.seconds = 67
    try driver.send(.tick)
    #expect(driver.dropped == [OrderKey(.supernet, 2)])
    try driver.run()
    #expect(driver.rows.supernets[2]?.failure?.contains("share of the job's seconds") == true)
    #expect(driver.rows.trials.count == 41, "scored candidates take no time")
    #expect(driver.rows.job.stopReason == .searchFinished)
    #expect(driver.rows.job.state == .succeeded)
  }
}
