import Domain
import FoundationEssentials
import Runner
import Store
import Testing

@Suite(.timeLimit(.minutes(1))) struct JobRunnerCommandTests {
  /// Orders that take as long as they are let.
  private static let endless: @Sendable (WorkOrder) async -> Outcome = { order in
    try? await Task.sleep(for: .seconds(600))
    return .failed(reason: "nobody waits for \(order.id)")
  }

  @Test func `a running job is cancelled, once and for all`() async throws {
    let house = try await House(executor: FakeExecutor(work: JobRunnerCommandTests.endless))
    try await house.open {
      try await house.runner.submit(Toy.job(Toy.request()), reply: nil)
      try await house.wait("job_toy", for: .running)
      let kind = try await house.runner.cancel("job_toy", now: false)
      #expect(kind.state == .cancelling)
      let again = try await house.runner.cancel("job_toy", now: true)
      #expect([.cancelling, .cancelled].contains(again.state))
      let job = try await house.wait("job_toy", for: .cancelled)
      #expect(job.stopReason == .user)
      let state1 = try await house.runner.cancel("job_toy", now: true).state
      #expect(state1 == .cancelled)
      await #expect(throws: ServiceError.self) { try await house.runner.resume("job_toy") }
      await #expect(throws: ServiceError.self) {
        try await house.runner.pause("job_toy", now: true)
      }
    }
  }

  @Test func `a queued job is cancelled without being run`() async throws {
    let executor = FakeExecutor(work: JobRunnerCommandTests.endless)
    let house = try await House(executor: executor)
    try await house.open {
      try await house.runner.submit(Toy.job(Toy.request(), id: "job_1"), reply: nil)
      try await house.wait("job_1", for: .running)
      try await house.runner.submit(Toy.job(Toy.request(), id: "job_2", at: 1), reply: nil)
      let state2 = try await house.runner.cancel("job_2", now: false).state
      #expect(state2 == .cancelled)
      let state3 = try await house.runner.cancel("job_2", now: false).state
      #expect(state3 == .cancelled)
    }
    #expect(!executor.orders.contains { $0.job == "job_2" })
  }

  @Test func `pause and resume hold a job and change nothing of its result`() async throws {
    let request = Toy.request(trials: 15)
    let plain = try await House()
    let expected = try await plain.open {
      try await plain.runner.submit(Toy.job(request), reply: nil)
      return try await plain.wait("job_toy", for: .succeeded).digest
    }
    let house = try await House()
    let job = try await house.open {
      try await house.runner.submit(Toy.job(request), reply: nil)
      try await house.wait("job_toy", for: .running)
      for now in [false, true] {
        _ = try await house.runner.pause("job_toy", now: now)
        let state4 = try await house.wait("job_toy", for: .paused).state
        #expect(state4 == .paused)
        let state5 = try await house.runner.pause("job_toy", now: now).state
        #expect(state5 == .paused)
        let resumed = try await house.runner.resume("job_toy")
        #expect([.queued, .running].contains(resumed.state))
        _ = try await house.runner.resume("job_toy")
      }
      return try await house.wait("job_toy", for: .succeeded)
    }
    #expect(job.digest == expected)
  }

  @Test func `a paused job gives its place to the next and survives a restart paused`() async throws
  {
    let store = MemoryStore()
    let house = try await House(store)
    try await house.open {
      try await house.runner.submit(Toy.job(Toy.request(trials: 900), id: "job_1"), reply: nil)
      try await house.runner.submit(Toy.job(Toy.request(), id: "job_2", at: 1), reply: nil)
      try await house.wait("job_1", for: .running)
      _ = try await house.runner.pause("job_1", now: true)
      try await house.wait("job_2", for: .succeeded)
    }
    #expect(await store.job("job_1")?.state == .paused)
    let next = try await House(store)
    try await next.open {
      #expect(await store.job("job_1")?.state == .paused)
      let state6 = try await next.runner.cancel("job_1", now: false).state
      #expect(state6 == .cancelled)
    }
  }

  @Test func `a job is deleted only when it has ended`() async throws {
    let house = try await House(executor: FakeExecutor(work: JobRunnerCommandTests.endless))
    try await house.open {
      try await house.runner.submit(Toy.job(Toy.request()), reply: nil)
      try await house.wait("job_toy", for: .running)
      let error = await #expect(throws: ServiceError.self) {
        try await house.runner.delete("job_toy")
      }
      #expect(error?.code == .conflict)
      _ = try await house.runner.cancel("job_toy", now: true)
      try await house.wait("job_toy", for: .cancelled)
      try await house.runner.delete("job_toy")
      let gone = await #expect(throws: ServiceError.self) {
        try await house.runner.cancel("job_toy", now: true)
      }
      #expect(gone?.code == .unknownResource)
    }
  }

  @Test func `a watcher is woken and its stream ends with the job`() async throws {
    let house = try await House()
    try await house.open {
      try await house.runner.submit(Toy.job(Toy.request()), reply: nil)
      var wakes = 0
      for await _ in await house.runner.changes(of: "job_toy") { wakes += 1 }
      #expect(wakes > 0)
      #expect(await house.store.job("job_toy")?.state == .succeeded)
      for await _ in await house.runner.changes(of: "job_toy") { wakes += 1 }
      for await _ in await house.runner.changes(of: "job_nobody") { wakes += 1 }
    }
  }

  @Test func `a watcher's stream ends when the service stops`() async throws {
    let house = try await House(executor: FakeExecutor(work: JobRunnerCommandTests.endless))
    let stream = try await house.open {
      try await house.runner.submit(Toy.job(Toy.request()), reply: nil)
      return await house.runner.changes(of: "job_toy")
    }
    for await _ in stream {}
    #expect(await house.store.job("job_toy")?.state.isFinal == false)
  }
}
