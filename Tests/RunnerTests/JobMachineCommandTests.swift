import Domain
import FoundationEssentials
import Runner
import Testing

@Suite struct JobMachineCommandTests {
  private func started(_ steps: Int = 10) throws -> MachineDriver {
    var driver = try MachineDriver(Toy.request(trials: 12), slots: 2, seed: 4)
    try driver.send(.begin)
    try driver.run(limit: steps)
    return driver
  }

  private let expected: String?

  init() throws {
    var driver = try MachineDriver(Toy.request(trials: 12), slots: 1, seed: 0)
    try driver.send(.begin)
    try driver.run()
    expected = driver.rows.job.digest
  }

  @Test(arguments: [false, true])
  func `a paused job goes on where it was held`(now: Bool) throws {
    for steps in 0..<28 {
      var driver = try started(steps)
      try driver.send(.command(.pause(now: now)))
      let states = driver.rows.job.state
      #expect(states == .pausing || states == .paused)
      try driver.run()
      #expect(driver.rows.job.state == .paused)
      #expect(!driver.rows.trials.values.contains { $0.state == .running })
      try driver.crash()
      try driver.run()
      #expect(driver.rows.job.state == .succeeded)
      #expect(driver.rows.job.digest == expected)
    }
  }

  @Test func `a job resumed while it pauses goes on at once`() throws {
    var driver = try started()
    try driver.send(.command(.pause(now: false)))
    #expect(driver.rows.job.state == .pausing)
    try driver.send(.command(.resume))
    #expect(driver.rows.job.state == .running)
    try driver.run()
    #expect(driver.rows.job.digest == expected)
  }

  @Test(arguments: [false, true])
  func `a cancelled job keeps its best so far`(now: Bool) throws {
    var driver = try started(16)
    let best = driver.rows.job.bestTrial
    #expect(best != nil)
    try driver.send(.command(.cancel(now: now)))
    #expect(driver.rows.job.state == .cancelling)
    try driver.run()
    #expect(driver.rows.job.state == .cancelled)
    #expect(driver.rows.job.stopReason == .user)
    #expect(driver.rows.job.bestTrial != nil)
    #expect(driver.rows.trials.values.allSatisfy { $0.state.isFinished })
    #expect(driver.rows.job.digest != nil)
  }

  @Test func `a suspended job drops its orders and keeps its state`() throws {
    for steps in 0..<30 {
      var driver = try started(steps)
      try driver.send(.suspend)
      try driver.run()
      #expect(driver.machine.isOver)
      #expect(driver.rows.job.state == .running)
      try driver.crash()
      try driver.run()
      #expect(driver.rows.job.digest == expected)
    }
  }

  @Test func `a command that the state forbids is a conflict that names it`() throws {
    var job = Toy.job(Toy.request())
    let commands: [JobCommand] = [.pause(now: false), .resume, .cancel(now: false)]
    let allowed: [Job.State: [Bool?]] = [
      .queued: [true, false, true], .running: [true, false, true], .pausing: [true, true, true],
      .paused: [false, true, true], .cancelling: [nil, nil, true], .succeeded: [nil, nil, nil],
      .failed: [nil, nil, nil], .cancelled: [nil, nil, false],
    ]
    for state in Job.State.allCases {
      job.state = state
      for (index, command) in commands.enumerated() {
        if let changes = try #require(allowed[state])[index] {
          let answer = try command.changes(job)
          #expect(answer == changes, "\(command) \(state)")
        } else {
          let error = try #require(throws: ServiceError.self) { try command.changes(job) }
          #expect(error.code == .conflict)
          #expect(error.message.contains(state.rawValue))
        }
      }
    }
  }

  @Test func `progress is saved in batches, not by itself`() throws {
    var driver = try started(0)
    while driver.inFlight.isEmpty { _ = try driver.step() }
    let key = try #require(driver.inFlight.first).key
    let count = driver.rows.events.count
    for epoch in 1...5 {
      try driver.send(.measured(key, Measurement(epoch: epoch, metrics: [:], seconds: 1)))
    }
    #expect(driver.rows.events.count == count)
    try driver.send(.tick)
    #expect(driver.rows.events.count == count + 5)
    #expect(driver.rows.events.last?.kind == "trial.epoch")
  }
}
