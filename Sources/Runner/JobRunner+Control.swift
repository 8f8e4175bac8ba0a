package import Domain

/// What the rim may ask.
extension JobRunner: JobControl {
  package func submit(_ job: Job, reply: IdempotentReply?) async throws {
    try await workshop.store.create(job, reply: reply)
    enqueue(job)
  }

  package func cancel(_ id: String, now: Bool) async throws -> Job {
    try await obey(.cancel(now: now), id)
  }

  package func pause(_ id: String, now: Bool) async throws -> Job {
    try await obey(.pause(now: now), id)
  }

  package func resume(_ id: String) async throws -> Job {
    try await obey(.resume, id)
  }

  package func delete(_ id: String) async throws {
    let job = try await existing(id)
    guard job.state.isFinal else {
      throw ServiceError(
        .conflict, "job \(id) is \(job.state.rawValue); only a finished job can be deleted")
    }
    await settled(id)
    try workshop.weights.remove(try await workshop.store.delete(job: id))
    try workshop.weights.removeCheckpoints(job: id)
    await workshop.bus.finish(id)
  }

  package func result(of id: String) async throws -> JobResult? {
    let job = try await existing(id)
    guard job.finishedTrials > 0 else { return nil }
    return ResultReport(
      job: job, trials: try await workshop.store.allTrials(of: id),
      finalRuns: try await workshop.store.finalRuns(of: id),
      supernetRuns: try await workshop.store.supernetRuns(of: id)
    ).result
  }

  package func changes(of id: String) async -> AsyncStream<Void> {
    let stream = await workshop.bus.watch(id)
    let job = try? await workshop.store.job(id)
    if job?.state.isFinal != false { await workshop.bus.finish(id) }
    return stream
  }

  package func capacity() async -> (workers: Int, slots: Int) {
    (workshop.executor.aliveWorkers, workshop.executor.slots)
  }

  /// Gives a command to the job's turn, or handles it here where it has none.
  private func obey(_ command: JobCommand, _ id: String) async throws -> Job {
    if let job = try await turn(of: id)?.obey(command) { return job }
    await settled(id)
    let job = try await existing(id)
    // Its turn may have come while the store was read.
    if turn(of: id) != nil { return try await obey(command, id) }
    guard try command.changes(job) else { return job }
    switch command {
    case .cancel:
      cancelIdle(id)
      await settled(id)
      return try await existing(id)
    case .pause:
      dequeue(id)
      return try await store(job, as: .paused)
    case .resume:
      let job = try await store(job, as: .queued)
      enqueue(job)
      return job
    }
  }

  private func store(_ job: Job, as state: Job.State) async throws -> Job {
    var job = job
    job.state = state
    job.version += 1
    try await workshop.store.save(
      JobChange(
        job: job,
        events: [("job.state", ["state": .string(state.rawValue)])]))
    await workshop.bus.publish(job.id)
    return job
  }

  private func existing(_ id: String) async throws -> Job {
    guard let job = try await workshop.store.job(id) else {
      throw ServiceError(.unknownResource, "there is no job '\(id)'")
    }
    return job
  }
}
