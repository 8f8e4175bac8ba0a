package import Domain
package import Store

/// A job control that moves jobs from state to state in a memory store and trains nothing.
package actor ToyControl: JobControl {
  package let store: MemoryStore
  private var watchers: [String: [AsyncStream<Void>.Continuation]] = [:]
  private var workers = 2
  private var results: [String: JobResult] = [:]
  private var refusal: ServiceError?
  private var isHolding = false
  private var held: [CheckedContinuation<Void, Never>] = []

  package init(_ store: MemoryStore) {
    self.store = store
  }

  /// Sets how many workers are said to be alive.
  package func setWorkers(_ count: Int) { workers = count }

  /// Makes every submission fail.
  package func setRefusal(_ error: ServiceError?) { refusal = error }

  /// Makes submissions wait until they are let go.
  package func hold() { isHolding = true }

  /// How many submissions wait.
  package var heldCount: Int { held.count }

  /// Lets all submissions go.
  package func release() {
    isHolding = false
    for continuation in held { continuation.resume() }
    held = []
  }

  /// Sets a job's result.
  package func setResult(_ result: JobResult) { results[result.job] = result }

  package func submit(_ job: Job, reply: IdempotentReply?) async throws {
    if let refusal { throw refusal }
    if isHolding { await withCheckedContinuation { held.append($0) } }
    try await store.create(job, reply: reply)
  }

  package func cancel(_ id: String, now: Bool) async throws -> Job {
    try await move(id, to: now ? .cancelled : .cancelling, from: [.queued, .running, .paused])
  }

  package func pause(_ id: String, now: Bool) async throws -> Job {
    try await move(id, to: now ? .paused : .pausing, from: [.queued, .running])
  }

  package func resume(_ id: String) async throws -> Job {
    try await move(id, to: .queued, from: [.paused])
  }

  package func delete(_ id: String) async throws {
    guard let job = await store.job(id), job.state.isFinal else {
      throw ServiceError(.conflict, "job \(id) has not ended")
    }
    _ = try await store.delete(job: id)
  }

  package func result(of id: String) async throws -> JobResult? { results[id] }

  package func changes(of id: String) async -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    if await store.job(id)?.state.isFinal != false {
      continuation.finish()
    } else {
      watchers[id, default: []].append(continuation)
    }
    return stream
  }

  package func capacity() async -> (workers: Int, slots: Int) { (workers, 2) }

  /// Saves a change and wakes the watchers; a final state ends their streams.
  package func save(_ change: JobChange) async throws {
    try await store.save(change)
    for watcher in watchers[change.job.id] ?? [] {
      watcher.yield()
      if change.job.state.isFinal { watcher.finish() }
    }
  }

  private func move(_ id: String, to state: Job.State, from: Set<Job.State>) async throws -> Job {
    guard var job = await store.job(id) else {
      throw ServiceError(.unknownResource, "no job '\(id)'")
    }
    if job.state == state { return job }
    guard from.contains(job.state) else {
      throw ServiceError(.conflict, "job \(id) is \(job.state.rawValue)")
    }
    job.state = state
    job.version += 1
    try await save(
      JobChange(job: job, events: [("job.state", ["state": .string(state.rawValue)])]))
    return job
  }
}
