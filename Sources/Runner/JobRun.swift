internal import Domain
internal import FoundationEssentials
internal import Logging

/// One turn of a job: its machine, fed from a mailbox, and the hands that do what the machine says.
actor JobRun {
  enum Message: Sendable {
    case event(JobMachine.Event)
    case command(JobCommand, CheckedContinuation<Job?, any Error>)
  }

  nonisolated let id: String
  let workshop: Workshop
  private let mailbox: AsyncStream<Message>
  nonisolated let post: AsyncStream<Message>.Continuation
  private var machine: JobMachine?
  private var session: StrategySession?
  private var source: OrderSource?
  private var tasks: [OrderKey: Task<Void, Never>] = [:]
  private var rests: [OrderKey: Task<Void, Never>] = [:]
  /// What a failed save held; it goes with the next one.
  var unsaved: JobChange?
  var discards: [String] = []
  var isStopping = false

  init(_ id: String, workshop: Workshop) {
    self.id = id
    self.workshop = workshop
    (mailbox, post) = AsyncStream.makeStream()
  }

  /// Runs the job until it ends, is held, or the service stops.
  func run(numerics: Numerics) async {
    guard await load() else { return release() }
    await open(numerics: numerics)
    let clock = workshop.clock
    let interval = workshop.settings.tickSeconds
    let ticker = Task { [post] in
      while (try? await clock.sleep(interval)) != nil { post.yield(.event(.tick)) }
    }
    await work()
    ticker.cancel()
  }

  /// Cancels a job that is not running.
  func cancelIdle() async {
    guard await load() else { return release() }
    await take(.command(.cancel(now: true)))
    await work()
  }

  /// Does what a user asks; nil when the job is not running any more.
  ///
  /// - Throws: `ServiceError(.conflict)` when its state forbids it.
  nonisolated func obey(_ command: JobCommand) async throws -> Job? {
    try await withCheckedThrowingContinuation { continuation in
      if case .terminated = post.yield(.command(command, continuation)) {
        continuation.resume(returning: nil)
      }
    }
  }

  /// Drops what is in flight and leaves; the next start goes on.
  func suspend() {
    isStopping = true
    post.yield(.event(.suspend))
  }

  // MARK: Opening

  /// Reads the job's rows, again and again while the store fails.
  private func load() async -> Bool {
    let store = workshop.store
    while !isStopping {
      do {
        guard let job = try await store.job(id) else { return false }
        let trials = try await store.allTrials(of: id)
        machine = try JobMachine(
          job: job, trials: trials, finalRuns: try await store.finalRuns(of: id),
          supernetRuns: try await store.supernetRuns(of: id),
          strategyState: try await store.strategyState(of: id), slots: workshop.executor.slots,
          supernets: workshop.catalog.supernets(job.request.strategy))
        return true
      } catch {
        workshop.logger.error("job \(id) cannot be read: \(error)")
        try? await workshop.clock.sleep(1)
      }
    }
    return false
  }

  /// Readies strategy and data, then begins; a job that lacks either fails with the reason.
  private func open(numerics: Numerics) async {
    guard var machine else { return }
    do {
      let fixed = machine.job.numerics ?? fixed(numerics, for: machine.job.request)
      guard workshop.executor.offers(fixed.numerics(for: .trial)) else {
        throw ServiceError(
          .numericsUnavailable,
          """
          numerics_unavailable: the job runs on engine \(fixed.engineVersion) with \(fixed.isa) and \
          \(fixed.threads) thread(s), and this machine offers engine \(numerics.engineVersion) with \
          \(numerics.isa) at best; fork the job to run it here
          """)
      }
      machine.job.numerics = fixed
      let request = machine.job.request
      guard let dataset = try await workshop.datasets.dataset(request.dataset),
        let content = dataset.content, content.digest == machine.job.datasetDigest
      else {
        throw ServiceError(
          .dataset, "data set '\(request.dataset)' is not what it was when the job was made")
      }
      let saved = try await workshop.store.strategyState(of: id)
      session = try StrategySession(
        request: request, content: content, catalog: workshop.catalog,
        saved: try saved.map { try SearchRecord.split($0).strategy })
      source = OrderSource(
        job: machine.job, numerics: fixed, content: content,
        datasetPath: workshop.vault.path(digest: content.digest), weights: workshop.weights,
        memoryLimitBytes: workshop.settings.memoryLimitBytes)
      // Isomorphic strings of a table hold measured values of their own.
      machine.reusesResults = content.table == nil
      machine.pruning = try Pruning(request, content: content, catalog: workshop.catalog)
      self.machine = machine
      await take(.begin)
    } catch {
      await take(.broken(reason: "\(error)"))
    }
  }

  /// What a job that begins runs with: a supernet alone takes the cores that would be idle beside it.
  private func fixed(_ numerics: Numerics, for request: JobRequest) -> Numerics {
    let threads = workshop.catalog.supernetThreads(
      request.strategy, slots: workshop.executor.slots)
    guard let threads else { return numerics }
    return Numerics(
      engineVersion: numerics.engineVersion, isa: numerics.isa, threads: numerics.threads,
      supernetThreads: threads)
  }

  // MARK: Working

  private func work() async {
    if machine?.isOver != false { post.finish() }
    for await message in mailbox {
      switch message {
      case .event(let event): await take(event)
      case .command(let command, let continuation):
        guard let machine, !machine.isOver else {
          continuation.resume(returning: nil)
          continue
        }
        do {
          if try command.changes(machine.job) { await take(.command(command)) }
          continuation.resume(returning: self.machine?.job)
        } catch {
          continuation.resume(throwing: error)
        }
      }
      if machine?.isOver != false { post.finish() }
    }
    for task in rests.values { task.cancel() }
    for task in tasks.values { await task.value }
    await sweep()
    // A worker that was dropped may have written once more until now.
    if machine?.job.state.isFinal == true { removeCheckpoints() }
  }

  private func removeCheckpoints() {
    do {
      try workshop.weights.removeCheckpoints(job: id)
    } catch {
      workshop.logger.warning("checkpoints of job \(id) cannot be removed yet: \(error)")
    }
  }

  private func release() {
    post.finish()
    Task {
      for await case .command(_, let continuation) in mailbox {
        continuation.resume(returning: nil)
      }
    }
  }

  private func take(_ event: JobMachine.Event) async {
    let moment = JobMachine.Moment(date: workshop.clock.date(), seconds: workshop.clock.seconds())
    for effect in machine?.handle(event, at: moment) ?? [] { await perform(effect) }
  }

  private func perform(_ effect: JobMachine.Effect) async {
    switch effect {
    case .run(let assignment): start(assignment)
    case .drop(let key, _): tasks[key]?.cancel()
    case .consult(let trial, let draw):
      consult { try await $0.consult(observe: trial, draw: draw) }
    case .tell(let runs): consult { try await $0.tell(runs) }
    case .forgetCheckpoints: if unsaved == nil { removeCheckpoints() }
    case .rest(let key, let seconds):
      let clock = workshop.clock
      rests[key] = Task { [post] in
        try? await clock.sleep(seconds)
        post.yield(.event(.rested(key)))
      }
    case .save(let change): await save(change)
    case .conclude(let change, let chain): await conclude(change, chain)
    case .discard(let digests):
      discards += digests
      if discards.count >= 8 { await sweep() }
    case .leave: break
    }
  }

  private func start(_ assignment: Assignment) {
    guard let order = source?.order(assignment) else { return }
    let key = assignment.key
    let executor = workshop.executor
    tasks[key] = Task { [post] in
      let outcome = await executor.run(order) { measurement in
        post.yield(.event(.measured(key, measurement)))
      }
      post.yield(.event(.ended(key, outcome)))
    }
  }

  private func consult(
    _ ask: @escaping @Sendable (StrategySession) async throws -> Consultation
  ) {
    guard let session else { return }
    Task { [post] in
      do {
        let consultation = try await ask(session)
        post.yield(.event(.consulted(consultation)))
      } catch {
        post.yield(.event(.broken(reason: "the strategy cannot go on: \(error)")))
      }
    }
  }
}
