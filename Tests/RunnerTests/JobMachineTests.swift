import Domain
import FoundationEssentials
import Runner
import Testing

@Suite struct JobMachineTests {
  /// Runs a job undisturbed, one order at a time.
  private func reference(_ request: JobRequest) throws -> MachineDriver {
    var driver = try MachineDriver(request, slots: 1, seed: 0)
    try driver.send(.begin)
    try driver.run()
    return driver
  }

  @Test(arguments: [1, 4, 7])
  func `the strategy hears the same whatever finishes first`(parallelism: Int) throws {
    for params: [String: JSONValue] in [[:], ["empty_every": 5], ["limit": 9, "empty_every": 3]] {
      let request = Toy.request(trials: 14, parallelism: parallelism, strategy: params)
      let expected = try reference(request)
      let expectedLog = try expected.rows.strategy().log
      for slots in 1...8 {
        for seed in 0..<6 {
          var driver = try MachineDriver(request, slots: slots, seed: UInt64(seed))
          driver.lossRate = seed * 6
          try driver.send(.begin)
          try driver.run()
          let log = try driver.rows.strategy().log
          #expect(log == expectedLog, "slots \(slots), seed \(seed)")
          #expect(driver.rows.job.digest != nil)
          #expect(driver.rows.job.digest == expected.rows.job.digest)
          #expect(driver.largestInFlight <= slots)
        }
      }
    }
  }

  @Test(arguments: [1, 3, 4])
  func `candidate n comes after observation n minus L and before the next`(parallelism: Int) throws
  {
    let driver = try reference(Toy.request(trials: 10, parallelism: parallelism))
    let log = try driver.rows.strategy().log
    for number in 1...10 {
      let proposals = log.indices.filter { log[$0].hasPrefix("propose") }
      let place = proposals[number - 1]
      let seen = log[..<place].count { $0.hasPrefix("observe") }
      #expect(seen == max(0, number - parallelism))
    }
  }

  @Test func `an empty answer is asked again after the next observation`() throws {
    let driver = try reference(
      Toy.request(trials: 8, parallelism: 2, strategy: ["empty_every": 3]))
    let log = try driver.rows.strategy().log
    #expect(log.count { $0.hasPrefix("propose") } == 8)
    for place in log.indices where log[place] == "empty" {
      #expect(log[place + 1].hasPrefix("observe"))
    }
  }

  @Test func `a strategy without a candidate and nothing outstanding ends the search`() throws {
    let driver = try reference(Toy.request(trials: 100, strategy: ["limit": 6]))
    #expect(driver.rows.job.stopReason == .spaceExhausted)
    #expect(driver.rows.job.state == .succeeded)
    #expect(driver.rows.trials.count == 6)
  }

  @Test func `a crash at any step ends with the same digest`() throws {
    let request = Toy.request(trials: 9, parallelism: 3, strategy: ["empty_every": 6])
    let expected = try reference(request)
    for seed in 0..<4 {
      var step = 0
      while true {
        var driver = try MachineDriver(request, slots: 2, seed: UInt64(seed))
        driver.lossRate = 10
        try driver.send(.begin)
        guard try driver.run(limit: step) == step, !driver.machine.isOver else { break }
        try driver.crash()
        try driver.run()
        #expect(driver.rows.job.digest == expected.rows.job.digest, "seed \(seed), step \(step)")
        #expect(driver.rows.job.state == .succeeded)
        step += 1
      }
      #expect(step > 20)
    }
  }

  @Test func `a restart repeats exactly the trials that had not finished`() throws {
    var driver = try MachineDriver(Toy.request(trials: 12), slots: 3, seed: 3)
    try driver.send(.begin)
    try driver.run(limit: 12)
    let before = driver.rows.trials
    driver.assigned = []
    try driver.crash()
    try driver.run()
    for (number, trial) in before {
      let again = driver.assigned.filter { $0.key == OrderKey(.trial, number) }
      #expect(again.isEmpty == trial.state.isFinished)
      if trial.state == .running { #expect(again.first?.attempt == trial.attempt + 1) }
      if trial.state.isFinished {
        #expect(driver.rows.trials[number]?.metrics == trial.metrics)
      }
    }
  }

  @Test func `a reached target cuts the trials above it, finished or not`() throws {
    let whole = try reference(Toy.request(trials: 30))
    let accuracies = whole.rows.trials.values.compactMap(\.searchAccuracy).sorted()
    let target = accuracies[accuracies.count - 3]
    let request = Toy.request(trials: 30, target: target)
    let expected = try reference(request)
    let last = try #require(
      expected.rows.trials.values.filter { $0.searchAccuracy ?? 0 >= target }.map(\.number).min())
    for seed in 0..<20 {
      var driver = try MachineDriver(request, slots: 1 + seed % 8, seed: UInt64(seed))
      try driver.send(.begin)
      try driver.run()
      #expect(driver.rows.job.stopReason == .targetReached)
      #expect(driver.rows.job.digest == expected.rows.job.digest)
      for trial in driver.rows.trials.values {
        #expect((trial.state == .cancelled) == (trial.number > last))
        if trial.state == .cancelled {
          #expect(trial.searchAccuracy == nil && trial.weights == nil)
        }
      }
    }
  }

  @Test func `only the best trials with distinct fingerprints keep weights`() throws {
    var driver = try MachineDriver(Toy.request(trials: 30, top: 3), slots: 4, seed: 5)
    driver.reusesResults = false
    try driver.send(.begin)
    try driver.run()
    let completed = driver.rows.trials.values.filter { $0.state == .completed }
      .sorted {
        ($1.searchAccuracy ?? 0, $0.number) < ($0.searchAccuracy ?? 0, $1.number)
      }
    var best: [Trial] = []
    for trial in completed where !best.contains(where: { $0.fingerprint == trial.fingerprint }) {
      best.append(trial)
    }
    #expect(
      Set(driver.rows.trials.values.filter { $0.weights != nil }.map(\.number))
        == Set(best.prefix(3).map(\.number)))
    let kept = Set(driver.rows.trials.values.compactMap(\.weights))
    #expect(kept.isDisjoint(with: driver.rows.discarded))
    #expect(kept.count + driver.rows.discarded.count == completed.count)
  }

  @Test func `the final phase retrains the best and tests the winner alone`() throws {
    let driver = try reference(Toy.request(trials: 20, top: 3, seeds: 2))
    let runs = driver.rows.runs.values
    let selection = runs.filter { $0.stage == .selection }
    #expect(selection.count == 6)
    let means = Dictionary(grouping: selection, by: \.trial).mapValues { runs in
      runs.reduce(0) { $0 + ($1.metrics[MetricName.validationAccuracy] ?? 0) } / 2
    }
    let winner = means.max { $0.value < $1.value }?.key
    let tests = runs.filter { $0.stage == .test }
    #expect(tests.count == 2)
    #expect(Set(tests.map(\.trial)) == [winner])
    #expect(driver.rows.job.stopReason == .budgetTrials)
    #expect(driver.rows.job.phase == .finalTraining)
    #expect(driver.rows.job.finalPlan?.shrunkBecause == nil)
  }

  @Test func `twenty failures and nothing else end the job`() throws {
    var driver = try MachineDriver(Toy.request(trials: 100), slots: 2, seed: 1)
    driver.reusesResults = false
    driver.outcome = { _ in .failed(reason: "no luck") }
    try driver.send(.begin)
    try driver.run()
    #expect(driver.rows.job.state == .failed)
    #expect(driver.rows.job.stopReason == .tooManyFailures)
    #expect(driver.rows.job.failure?.contains("no luck") == true)
    #expect(driver.rows.trials.values.count { $0.state != .cancelled } == 20)
  }

  @Test func `more failures than successes among forty end the job`() throws {
    var driver = try MachineDriver(
      Toy.request(trials: 200, parallelism: 1), slots: 1, seed: 1)
    driver.reusesResults = false
    driver.outcome = { assignment in
      assignment.key.number % 5 < 2
        ? Toy.outcome(.selection, 1, 0, assignment.genotype).as(MetricName.searchAccuracy)
        : .failed(reason: "no luck")
    }
    try driver.send(.begin)
    try driver.run()
    #expect(driver.rows.job.stopReason == .tooManyFailures)
    #expect(driver.rows.trials.values.count { $0.state != .cancelled } == 40)
    #expect(driver.rows.job.bestTrial != nil)
  }

  @Test func `a job in which nothing completes fails and says so`() throws {
    var driver = try MachineDriver(Toy.request(trials: 5), slots: 2, seed: 1)
    driver.outcome = { _ in .failed(reason: "no luck") }
    try driver.send(.begin)
    try driver.run()
    #expect(driver.rows.job.state == .failed)
    #expect(driver.rows.job.failure?.contains("no trial completed") == true)
  }

  @Test func `a worker's third fault on one trial fails it, kills never do`() throws {
    var driver = try MachineDriver(Toy.request(trials: 6), slots: 2, seed: 1)
    driver.outcome = { assignment in
      if assignment.key == OrderKey(.trial, 2) {
        return .lost(reason: "ended by signal 11", isTrap: true)
      }
      if assignment.key == OrderKey(.trial, 3), assignment.attempt < 12 {
        return .lost(reason: "ended by signal 9", isTrap: false)
      }
      return Toy.outcome(.selection, assignment.key.number, 0, assignment.genotype)
        .as(MetricName.searchAccuracy, assignment.key.role)
    }
    try driver.send(.begin)
    try driver.run()
    #expect(driver.rows.trials[2]?.state == .failed)
    #expect(driver.rows.trials[2]?.attempt == 3)
    #expect(driver.rows.trials[3]?.state == .completed)
    #expect(driver.rows.trials[3]?.attempt == 12)
    #expect(driver.rows.job.state == .succeeded)
  }

  @Test func `a candidate over a limit is infeasible without being trained`() throws {
    let driver = try reference(
      Toy.request(trials: 30, objectives: [Objective(.parameters, .minimise, limit: 300)]))
    let refused = driver.rows.trials.values.filter { $0.metrics[MetricName.parameters] ?? 0 > 300 }
    #expect(!refused.isEmpty)
    for trial in refused {
      #expect(trial.state == .infeasible)
      #expect(trial.attempt == 0)
      #expect(trial.failure?.contains("limit 300") == true)
    }
    #expect(driver.rows.job.state == .succeeded)
  }

  @Test func `a full disk fails the job with its reason`() throws {
    var driver = try MachineDriver(Toy.request(trials: 6), slots: 2, seed: 1)
    driver.outcome = { _ in .storage(reason: "no space left on device") }
    try driver.send(.begin)
    try driver.run()
    #expect(driver.rows.job.state == .failed)
    #expect(driver.rows.job.stopReason == .error)
    #expect(driver.rows.job.failure?.contains("no space left on device") == true)
  }
}

extension Outcome {
  /// The same outcome with its one metric under the name that a role is measured by.
  func `as`(_ name: String, _ role: WorkOrder.Role = .trial) -> Outcome {
    guard case .completed(var evaluation) = self, let value = evaluation.metrics.values.first else {
      return self
    }
    let own =
      switch role {
      case .trial, .supernet: name
      case .selection: MetricName.validationAccuracy
      case .test: MetricName.testAccuracy
      }
    evaluation.metrics = [own: value]
    return .completed(evaluation)
  }
}
