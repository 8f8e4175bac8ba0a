import Domain
import FoundationEssentials
import Runner
import Store
import Testing

/// Searches on shared weights through the whole runner.
@Suite(.timeLimit(.minutes(1))) struct JobRunnerSupernetTests {
  private func request(rounds: Int) -> JobRequest {
    Toy.request(
      trials: nil, rounds: rounds, controls: 4, fidelity: .init(share: 0.2, architectures: 6))
  }

  @Test func `an order of a supernet names strategy, checkpoint and threads`() async throws {
    for (rounds, slots, threads) in [(1, 2, 2), (1, 8, 4), (2, 8, 1)] {
      let executor = FakeExecutor(slots: slots)
      let house = try await House(executor: executor)
      let job = try await house.open {
        try await house.runner.submit(Toy.job(request(rounds: rounds)), reply: nil)
        return try await house.wait("job_toy", for: .succeeded)
      }
      let supernets = executor.orders.filter { $0.role == .supernet }
      #expect(Set(supernets.map(\.number)) == Set(1...rounds))
      for order in supernets {
        #expect(order.strategy == job.request.strategy && order.genotype == Genotype([]))
        #expect(order.checkpoint == "/nowhere/job_toy-\(order.number).checkpoint")
        #expect(order.numerics.threads == threads)
      }
      for order in executor.orders where order.role != .supernet {
        #expect(order.strategy == nil && order.checkpoint == nil && order.numerics.threads == 1)
      }
      #expect(job.numerics?.supernetThreads == threads)
      #expect(house.weights.forgottenJobs == ["job_toy", "job_toy"], "when told, and at the end")
    }
  }

  @Test func `a server lost after any save goes on by itself and ends the same`() async throws {
    let request = request(rounds: 2)
    let quiet = try await House(executor: FakeExecutor(slots: 1))
    let expected = try await quiet.open {
      try await quiet.runner.submit(Toy.job(request), reply: nil)
      return try await quiet.wait("job_toy", for: .succeeded).digest
    }
    for last in stride(from: 1, to: 220, by: 11) {
      let store = MemoryStore()
      let flaky = FlakyStore(store) { save, _ in save > last }
      let lost = try await House(store, jobs: flaky)
      try await lost.open {
        try await lost.runner.submit(Toy.job(request), reply: nil)
        while await flaky.saves <= last, await store.job("job_toy")?.state.isFinal != true {
          try await Task.sleep(for: .milliseconds(1))
        }
      }
      if await store.job("job_toy")?.state.isFinal == true { break }
      let next = try await House(store)
      let job = try await next.open { try await next.wait("job_toy", for: .succeeded) }
      #expect(job.digest == expected, "after save \(last)")
      #expect(next.weights.keptJobs == ["job_toy"])
    }
  }

  @Test func `the result tells fidelity and verdict, and search and retrained accuracy apart`()
    async throws
  {
    let house = try await House()
    try await house.open {
      try await house.runner.submit(Toy.job(request(rounds: 1)), reply: nil)
      try await house.wait("job_toy", for: .succeeded)
    }
    let result = try #require(try await house.runner.result(of: "job_toy"))
    #expect(result.verdict == nil, "accuracies by shared weights are not compared")
    #expect(result.rank?.controls.count == 4)
    #expect(result.rank?.answer == .notDistinguishable, "p cannot be below 0.2")
    let job = try #require(await house.store.job("job_toy"))
    let fidelity = JobFidelity(
      job: job, trials: await house.store.allTrials(of: "job_toy"),
      runs: await house.store.finalRuns(of: "job_toy"))
    #expect(fidelity.reached == 6 && fidelity.report != nil && fidelity.state == .finished)
    #expect(result.finalists.count == 2 && result.isReproducible)
    #expect(result.finalists.allSatisfy { $0.validationAccuracy?.values.count == 2 })
    #expect(result.finalists.allSatisfy { !$0.isRandom })
    #expect(result.rank?.trial == result.finalists.first?.trial)
    try await house.runner.delete("job_toy")
    #expect(await house.store.supernetRuns(of: "job_toy").isEmpty)
  }
}
