import Domain
import FoundationEssentials
import Runner
import Store
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct JobRunnerTests {
  private func digest(_ request: JobRequest, slots: Int) async throws -> String? {
    let house = try await House(executor: FakeExecutor(slots: slots))
    return try await house.open {
      try await house.runner.submit(Toy.job(request), reply: nil)
      return try await house.wait("job_toy", for: .succeeded).digest
    }
  }

  @Test func `a job runs to its end and its log tells it in order`() async throws {
    let house = try await House()
    let job = try await house.open {
      try await house.runner.submit(Toy.job(Toy.request()), reply: nil)
      return try await house.wait("job_toy", for: .succeeded)
    }
    #expect(job.stopReason == .budgetTrials)
    #expect(job.numerics == Toy.numerics)
    #expect(job.finishedTrials == 12)
    #expect(job.digest?.count == 64)
    let events = await house.store.events(of: "job_toy", after: 0, limit: 1000)
    let states = events.filter { $0.kind == "job.state" }.map { $0.payload["state"]?.stringValue }
    #expect(states == ["queued", "running", "succeeded"])
    #expect(events.last?.isLast == true)
    let observed = events.filter { $0.kind == "trial.finished" }
      .compactMap { $0.payload["trial"]?.intValue }
    #expect(observed == Array(1...12))
    #expect(events.count { $0.kind == "final.finished" } == 6)
    let best = events.last { $0.payload["is_best"]?.boolValue == true }
    #expect(best?.payload["trial"]?.intValue == job.bestTrial)
    let trained = await house.store.allTrials(of: "job_toy").count { $0.attempt > 0 }
    #expect(events.count { $0.kind == "trial.started" } == trained)
    #expect(events.count { $0.kind == "trial.epoch" } == trained)
  }

  @Test func `the digest does not depend on how many workers there are`() async throws {
    let request = Toy.request(trials: 20, parallelism: 5, strategy: ["empty_every": 7])
    let one = try await digest(request, slots: 1)
    #expect(one != nil)
    for slots in [2, 3, 8] {
      let other = try await digest(request, slots: slots)
      #expect(other == one)
    }
  }

  @Test func `a server lost after any save goes on by itself and ends the same`() async throws {
    let request = Toy.request(trials: 8, parallelism: 3)
    let expected = try await digest(request, slots: 1)
    var last = 0
    while true {
      last += 1
      let store = MemoryStore()
      let limit = last
      let flaky = FlakyStore(store) { save, _ in save > limit }
      let lost = try await House(store, jobs: flaky)
      try await lost.open {
        try await lost.runner.submit(Toy.job(request), reply: nil)
        while await flaky.saves <= limit, await store.job("job_toy")?.state.isFinal != true {
          try await Task.sleep(for: .milliseconds(1))
        }
      }
      if await store.job("job_toy")?.state.isFinal == true { break }
      let next = try await House(store)
      let job = try await next.open { try await next.wait("job_toy", for: .succeeded) }
      #expect(job.digest == expected, "after save \(last)")
    }
    #expect(last > 20)
  }

  @Test func `a service that stops keeps the job, and the next goes on`() async throws {
    let request = Toy.request(trials: 10)
    let expected = try await digest(request, slots: 1)
    let store = MemoryStore()
    for _ in 0..<3 {
      let house = try await House(store)
      try await house.open {
        if await store.job("job_toy") == nil {
          try await house.runner.submit(Toy.job(request), reply: nil)
        }
        try await Task.sleep(for: .milliseconds(4))
      }
      let running = await store.allTrials(of: "job_toy").count { $0.state == .running }
      #expect(running == 0)
    }
    let house = try await House(store)
    let job = try await house.open { try await house.wait("job_toy", for: .succeeded) }
    #expect(job.digest == expected)
  }

  @Test func `a higher priority goes first, then the older job`() async throws {
    let executor = FakeExecutor(slots: 1)
    let house = try await House(executor: executor)
    for (index, priority) in [0, 5, 0, 5].enumerated() {
      let job = Toy.job(
        Toy.request(trials: 2, priority: priority), id: "job_\(index)", at: Double(index))
      try await house.runner.submit(job, reply: nil)
    }
    try await house.open {
      for index in 0..<4 { try await house.wait("job_\(index)", for: .succeeded) }
    }
    var order: [String] = []
    for work in executor.orders where order.last != work.job { order.append(work.job) }
    #expect(order == ["job_1", "job_3", "job_0", "job_2"])
  }

  @Test func `weights that nobody names any longer are removed`() async throws {
    let house = try await House()
    try await house.open {
      try await house.runner.submit(Toy.job(Toy.request(trials: 30)), reply: nil)
      try await house.wait("job_toy", for: .succeeded)
    }
    let inUse = await house.store.weightsInUse()
    #expect(inUse.count == 2 + 4 + 2)
    #expect(inUse.isDisjoint(with: house.weights.removed))
    #expect(!house.weights.removed.isEmpty)
    try await house.runner.delete("job_toy")
    #expect(house.weights.removed.isSuperset(of: inUse))
    #expect(await house.store.job("job_toy") == nil)
  }

  @Test func `a full disk fails the job with a clear reason`() async throws {
    let store = MemoryStore()
    let flaky = FlakyStore(store) { save, change in save > 8 && !change.job.state.isFinal }
    let house = try await House(store, jobs: flaky)
    let job = try await house.open {
      try await house.runner.submit(Toy.job(Toy.request(trials: 100)), reply: nil)
      return try await house.wait("job_toy", for: .failed)
    }
    #expect(job.stopReason == .error)
    #expect(job.failure?.contains("disk is full") == true)
    #expect(job.digest != nil)
    let trials = await store.allTrials(of: "job_toy")
    #expect(trials.allSatisfy { $0.state.isFinished })
  }

  @Test func `a job begun on another engine fails and says why`() async throws {
    let store = MemoryStore()
    let house = try await House(store, executor: FakeExecutor())
    var job = Toy.job(Toy.request())
    job.numerics = Numerics(engineVersion: "toy-0", isa: "avx512", threads: 1)
    try await house.runner.submit(job, reply: nil)
    let failed = try await house.open { try await house.wait("job_toy", for: .failed) }
    #expect(failed.failure?.contains("numerics_unavailable") == true)
    #expect(failed.failure?.contains("toy-0") == true)
  }

  @Test func `a job whose data set changed fails and says so`() async throws {
    let house = try await House()
    let job = Job(
      id: "job_toy", request: Toy.request(), datasetDigest: "other", state: .queued,
      created: Date())
    try await house.runner.submit(job, reply: nil)
    let failed = try await house.open { try await house.wait("job_toy", for: .failed) }
    #expect(failed.failure?.contains("toy") == true)
  }

  @Test func `the result grows from the first finished trial to the tested winner`() async throws {
    let house = try await House()
    try await house.runner.submit(Toy.job(Toy.request(trials: 20, seeds: 3)), reply: nil)
    let early = try await house.runner.result(of: "job_toy")
    #expect(early == nil)
    let job = try await house.open { try await house.wait("job_toy", for: .succeeded) }
    let result = try #require(try await house.runner.result(of: "job_toy"))
    #expect(result.digest == job.digest)
    #expect(result.isReproducible)
    #expect(result.finalists.count == 2)
    let winner = try #require(result.finalists.first)
    #expect(winner.testAccuracy?.values.count == 3)
    #expect(winner.validationAccuracy?.values.count == 3)
    #expect(result.finalists.last?.testAccuracy == nil)
    let means = result.finalists.compactMap(\.validationAccuracy?.mean)
    #expect(means == means.sorted(by: >))
    let test = try #require(winner.testAccuracy)
    let low = try #require(test.low)
    let high = try #require(test.high)
    #expect(low < test.mean && test.mean < high)
    #expect(winner.weights != nil)
    #expect(winner.architecture.hasPrefix("arch_"))
  }
}
