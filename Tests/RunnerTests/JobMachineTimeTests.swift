import Domain
import FoundationEssentials
import Runner
import Testing

@Suite struct JobMachineTimeTests {
  /// Runs a job in which every trial takes 0.1 s of the clock and is said to cost `cost` seconds.
  private func run(_ request: JobRequest, cost: Double, slots: Int = 2) throws -> MachineDriver {
    var driver = try MachineDriver(request, slots: slots, seed: 9)
    driver.outcome = { assignment in
      guard
        case .completed(var evaluation) = Toy.outcome(
          .selection, assignment.key.number, assignment.key.repetition, assignment.genotype
        ).as(MetricName.searchAccuracy, assignment.key.role)
      else { return .failed(reason: "") }
      evaluation.measured = ["train_seconds": cost]
      return .completed(evaluation)
    }
    try driver.send(.begin)
    try driver.run()
    return driver
  }

  @Test func `a budget of seconds ends the search in success and keeps time for the final phase`()
    throws
  {
    let driver = try run(
      Toy.request(trials: nil, seconds: 10, top: 2, seeds: 2), cost: 0.1)
    #expect(driver.rows.job.state == .succeeded)
    #expect(driver.rows.job.stopReason == .budgetSeconds)
    #expect(driver.rows.job.finalPlan?.shrunkBecause == nil)
    #expect(driver.rows.runs.values.allSatisfy { $0.state == .completed })
    // Selection takes two waves of two workers, the test one; 0.2 s each with a fifth on top.
    let searched = driver.rows.trials.values.compactMap(\.finished).max()
    #expect(try #require(searched).timeIntervalSince1970 - 1000 > 8)
    #expect(driver.rows.job.spentSeconds < 10)
  }

  @Test func `a final phase that does not fit is shrunk and says so`() throws {
    let driver = try run(
      Toy.request(trials: nil, seconds: 10, top: 3, seeds: 3), cost: 1)
    let plan = try #require(driver.rows.job.finalPlan)
    #expect(plan.shrunkBecause?.contains("top 3 → 1") == true)
    #expect(plan.top == 1)
    #expect(plan.seeds == 1 || plan.samplesSeen == 1280)
    #expect(driver.rows.job.state == .succeeded)
    let searched = driver.rows.trials.values.compactMap(\.finished).max()
    // At most 40 % are held back.
    #expect(try #require(searched).timeIntervalSince1970 - 1000 >= 6)
  }

  @Test func `orders carry the seconds left`() throws {
    let driver = try run(Toy.request(trials: 4, seconds: 50), cost: 0.1)
    let left = driver.assigned.compactMap(\.secondsLeft)
    #expect(left.count == driver.assigned.count)
    #expect(left.allSatisfy { $0 > 0 && $0 <= 50 })
    let first = try #require(left.first)
    #expect(first > 49.9)
  }

  @Test func `an order that ran out of its seconds is not scored`() throws {
    var driver = try MachineDriver(Toy.request(trials: nil, seconds: 5), slots: 2, seed: 9)
    driver.outcome = { assignment in
      assignment.key.number >= 6
        ? .cancelled
        : Toy.outcome(.selection, assignment.key.number, 0, assignment.genotype)
          .as(MetricName.searchAccuracy, assignment.key.role)
    }
    try driver.send(.begin)
    try driver.run()
    #expect(driver.rows.job.stopReason == .budgetSeconds)
    #expect(driver.rows.trials.values.allSatisfy { $0.number < 6 || $0.state == .cancelled })
    #expect(driver.rows.job.state == .succeeded)
  }

  @Test func `time while nothing runs is free`() throws {
    var driver = try MachineDriver(Toy.request(trials: 12), slots: 2, seed: 9)
    try driver.send(.begin)
    try driver.run(limit: 6)
    let spent = driver.rows.job.spentSeconds
    driver.seconds += 1000
    try driver.crash()
    try driver.run()
    #expect(driver.rows.job.spentSeconds > spent)
    #expect(driver.rows.job.spentSeconds < 100)
  }

  @Test func `a budget that ends in the final phase is still success`() throws {
    var driver = try MachineDriver(
      Toy.request(trials: 4, seconds: 100, top: 2, seeds: 2), slots: 1, seed: 9)
    driver.outcome = { assignment in
      Toy.outcome(.selection, assignment.key.number, 0, assignment.genotype)
        .as(MetricName.searchAccuracy, assignment.key.role)
    }
    try driver.send(.begin)
    while driver.rows.job.phase != .finalTraining { _ = try driver.step() }
    _ = try driver.step()
    driver.seconds += 200
    try driver.send(.tick)
    #expect(driver.rows.job.state == .succeeded)
    #expect(driver.rows.job.stopReason == .budgetSeconds)
    #expect(driver.rows.runs.values.contains { $0.state == .cancelled })
  }
}
