import Domain
import Foundation
import Store
import Testing

/// What every store promises of jobs, events and replies.
@Suite struct CheckStore {
  @Test(arguments: StoreKind.allCases)
  func `a job comes back as it was saved, to the last bit`(_ kind: StoreKind) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    #expect(try await store.job("job_a") == Sample.job())
    try await store.save(JobChange(job: Sample.fullJob()))
    #expect(try await store.job("job_a") == Sample.fullJob())
    var again = Sample.fullJob()
    again.failure = nil
    again.trialCounts = [:]
    try await store.save(JobChange(job: again))
    #expect(try await store.job("job_a") == again)
    #expect(try await store.job("job_b") == nil)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `a job's id is taken once and an unknown job cannot be saved`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    let twice = await failure { try await store.create(Sample.job(), reply: nil) }
    #expect(twice?.code == .conflict)
    #expect(try await store.events(of: "job_a", after: 0, limit: 9).count == 1)
    let unknown = await failure { try await store.save(JobChange(job: Sample.job("job_x"))) }
    #expect(unknown?.code == .unknownResource)
    #expect(unknown?.message.contains("job_x") == true)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `a reply is kept with the job it tells of, or neither is`(_ kind: StoreKind) async throws {
    let (store, hold) = try kind.open()
    let reply = Sample.reply("k")
    try await store.create(Sample.job(), reply: reply)
    #expect(try await store.reply(for: "k") == reply)
    #expect(try await store.reply(for: "other") == nil)

    let same = await failure { try await store.create(Sample.job("job_b"), reply: reply) }
    #expect(same?.code == .conflict)
    let other = Sample.reply("k", body: "{\"a\":1}")
    let different = await failure { try await store.create(Sample.job("job_b"), reply: other) }
    #expect(different?.code == .idempotencyMismatch)
    #expect(try await store.job("job_b") == nil)

    let clash = Sample.reply("fresh")
    _ = await failure { try await store.create(Sample.job(), reply: clash) }
    #expect(try await store.reply(for: "fresh") == nil)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `a reply is forgotten after a day and its key is free again`(
    _ kind: StoreKind
  ) async throws {
    let clock = Clock()
    let (store, hold) = try kind.open(clock)
    try await store.create(Sample.job(), reply: Sample.reply("k"))
    clock.advance(by: 24 * 3600 - 1)
    #expect(try await store.reply(for: "k") != nil)
    clock.advance(by: 1)
    #expect(try await store.reply(for: "k") == nil)
    let next = Sample.reply("k", body: "other", created: clock.now)
    try await store.create(Sample.dataset("set"), reply: next)
    #expect(try await store.reply(for: "k") == next)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `events are numbered from 1 without gaps, per job`(_ kind: StoreKind) async throws {
    let clock = Clock()
    let (store, hold) = try kind.open(clock)
    try await store.create(Sample.job("job_a"), reply: nil)
    try await store.create(Sample.job("job_b"), reply: nil)
    clock.advance(by: 0.25)
    let payload: JSONValue = [
      "trial": 1, "metrics": ["train_loss": .number(.nan), "x": 0.1], "text": "nan\n\u{1F600}",
    ]
    let first = try await store.save(
      JobChange(job: Sample.job("job_a"), events: [("trial.epoch", payload), ("log", "b")]))
    #expect(first.map(\.sequence) == [2, 3])
    #expect(first.allSatisfy { $0.at == clock.now && $0.job == "job_a" })
    #expect(first[0].payload["metrics"] == ["train_loss": nil, "x": 0.1])
    let second = try await store.save(
      JobChange(job: Sample.job("job_a"), events: [("log", [])]))
    #expect(second.map(\.sequence) == [4])
    #expect(try await store.save(JobChange(job: Sample.job("job_a"))).isEmpty)

    let all = try await store.events(of: "job_a", after: 0, limit: 10)
    #expect(all.map(\.sequence) == [1, 2, 3, 4])
    #expect(all[0].kind == "job.state" && all[0].payload == ["state": "queued"])
    #expect(all[0].at == Sample.date)
    #expect(Array(all[1...2]) == first && all[3] == second[0])
    #expect(try await store.events(of: "job_a", after: 2, limit: 1).map(\.sequence) == [3])
    #expect(try await store.events(of: "job_a", after: 9, limit: 5).isEmpty)
    #expect(try await store.events(of: "job_a", after: -1, limit: 0).isEmpty)
    #expect(try await store.events(of: "job_b", after: 0, limit: 5).map(\.sequence) == [1])
    withExtendedLifetime(hold) {}
  }

  @Test(
    arguments: StoreKind.allCases,
    [
      "", "\u{0}\u{1F}\u{7F}", "\"\\/", "\r\n\t\u{8}\u{C}", "é e\u{301} \u{1F600}\u{10FFFF}",
      "\\u0041",
      "nan", 0, -0.5, 1e-7, .number(.leastNonzeroMagnitude), .number(.greatestFiniteMagnitude),
      1.234_567_890_123_456_8e20,
      999_999_999_999_999, 9_007_199_254_740_991, 0.1, true, false, nil, [], [:], [[], [[]]],
      ["": ["a": [1, nil, ["b": "]}"]]]],
    ] as [JSONValue])
  func `any payload comes back as it was`(_ kind: StoreKind, _ payload: JSONValue) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    try await store.save(JobChange(job: Sample.job(), events: [("log", payload)]))
    #expect(try await store.events(of: "job_a", after: 1, limit: 1).map(\.payload) == [payload])
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `a change is saved whole or not at all`(_ kind: StoreKind) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    let first = Sample.completed(1, accuracy: 0.5)
    try await store.save(
      JobChange(job: Sample.job(), trials: [first], strategyState: [1, 2, 3]))
    var forged = first
    forged.metrics[MetricName.searchAccuracy] = 0.9
    let run = FinalRun(stage: .test, trial: 2, repetition: 0, fingerprint: "a1")
    let refused = await failure {
      try await store.save(
        JobChange(
          job: Sample.fullJob(), trials: [Sample.trial(2), forged], finalRuns: [run],
          strategyState: [9], events: [("log", "lost")]))
    }
    #expect(refused?.code == .conflict)
    #expect(refused?.message.contains("trial 1 ") == true)
    #expect(try await store.job("job_a") == Sample.job())
    #expect(try await store.allTrials(of: "job_a") == [first])
    #expect(try await store.finalRuns(of: "job_a").isEmpty)
    #expect(try await store.strategyState(of: "job_a") == [1, 2, 3])
    #expect(try await store.events(of: "job_a", after: 0, limit: 9).count == 1)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `the strategy's state stays until a change brings another`(_ kind: StoreKind) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    #expect(try await store.strategyState(of: "job_a") == nil)
    try await store.save(JobChange(job: Sample.job(), strategyState: [0, 255, 10]))
    try await store.save(JobChange(job: Sample.job()))
    #expect(try await store.strategyState(of: "job_a") == [0, 255, 10])
    try await store.save(JobChange(job: Sample.job(), strategyState: []))
    #expect(try await store.strategyState(of: "job_a") == [])
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `jobs that have not ended come oldest first`(_ kind: StoreKind) async throws {
    let (store, hold) = try kind.open()
    for (index, state) in Job.State.allCases.enumerated() {
      let job = Sample.job(
        "job_\(state.rawValue)", state: state, created: -Double(index))
      try await store.create(job, reply: nil)
    }
    let ids = try await store.unfinishedJobs().map(\.id)
    #expect(
      ids == ["job_cancelling", "job_paused", "job_pausing", "job_running", "job_queued"])
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `deleting a job takes its rows and tells the weights nobody else names`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    let shared = Sample.digest("shared")
    let own = Sample.digest("own")
    let final = Sample.digest("final")
    for id in ["job_a", "job_b"] {
      try await store.create(Sample.job(id), reply: nil)
      var run = FinalRun(stage: .test, trial: 1, repetition: 0, fingerprint: "a1")
      run.weights = id == "job_a" ? final : shared
      let trials = [
        Sample.completed(
          1, accuracy: 0.5, fingerprint: "a1-x", weights: id == "job_a" ? shared : nil),
        Sample.completed(2, accuracy: 0.5, weights: id == "job_a" ? own : nil),
      ]
      try await store.save(
        JobChange(
          job: Sample.job(id), trials: trials, finalRuns: [run], strategyState: [1],
          events: [("log", "x")]))
    }
    #expect(try await store.weightsInUse() == [shared, own, final])
    #expect(try await store.delete(job: "job_a") == [own, final].sorted())
    #expect(try await store.job("job_a") == nil)
    #expect(try await store.allTrials(of: "job_a").isEmpty)
    #expect(try await store.finalRuns(of: "job_a").isEmpty)
    #expect(try await store.events(of: "job_a", after: 0, limit: 9).isEmpty)
    #expect(try await store.strategyState(of: "job_a") == nil)
    let id = Identifier.architecture(job: "job_a", fingerprint: "a1-x")
    #expect(try await store.architecture(id) == nil)
    #expect(try await store.weightsInUse() == [shared])
    #expect(try await store.allTrials(of: "job_b").count == 2)
    #expect(await failure { _ = try await store.delete(job: "job_a") }?.code == .unknownResource)
    #expect(try await store.delete(job: "job_b") == [shared])
    withExtendedLifetime(hold) {}
  }
}
