package import Domain
internal import FoundationEssentials
package import Logging
internal import ServiceLifecycle

/// Runs jobs: queues them by priority and age, gives each its turn, and takes unfinished ones up again
/// after a start.
package actor JobRunner {
  private struct Queued {
    let id: String
    let priority: Int
    /// Running jobs of the last start go first, then the older.
    let rank: (Int, Double)
  }

  let workshop: Workshop
  private let wakeups: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation
  private var queue: [Queued] = []
  /// Jobs in hand, and whether they take one of the places for running jobs.
  private var runs: [String: (run: JobRun, isRunning: Bool)] = [:]
  private var tasks: [String: Task<Void, Never>] = [:]
  private var numerics: Numerics?
  private(set) var isStopping = false

  package init(
    store: any JobStore, datasets: any DatasetStore, vault: any DatasetVault,
    weights: any WeightStore, catalog: Catalog, executor: any Executor,
    settings: RunnerSettings = RunnerSettings(), clock: RunnerClock = .system, logger: Logger
  ) {
    workshop = Workshop(
      store: store, datasets: datasets, vault: vault, weights: weights, catalog: catalog,
      executor: executor, settings: settings, clock: clock, bus: EventBus(), logger: logger)
    (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Runs until graceful shutdown or cancellation; then drops what is in flight and saves.
  ///
  /// - Throws: when no worker starts or the store cannot be read.
  package func run() async throws {
    let store = workshop.store
    do {
      numerics = try await workshop.executor.start()
      try workshop.weights.sweep(keeping: await store.weightsInUse())
      let unfinished = try await store.unfinishedJobs()
      try workshop.weights.sweepCheckpoints(keeping: Set(unfinished.map(\.id)))
      for job in unfinished where job.state != .paused { enqueue(job) }
    } catch {
      await stop()
      throw error
    }
    await withGracefulShutdownHandler {
      for await _ in wakeups { schedule() }
    } onGracefulShutdown: { [wake] in
      wake.finish()
    }
    await stop()
  }

  /// Puts a job in the queue, unless it is there.
  func enqueue(_ job: Job) {
    guard !queue.contains(where: { $0.id == job.id }) else { return }
    let isTakenUp = job.state != .queued
    queue.append(
      Queued(
        id: job.id, priority: job.request.priority,
        rank: (isTakenUp ? 0 : 1, job.created.timeIntervalSince1970)))
    wake.yield()
  }

  /// Takes a job out of the queue.
  func dequeue(_ id: String) {
    queue.removeAll { $0.id == id }
  }

  /// The job's turn, where it has one.
  func turn(of id: String) -> JobRun? { runs[id]?.run }

  /// Waits until a job's turn is over.
  func settled(_ id: String) async {
    await tasks[id]?.value
  }

  /// Cancels a job that has no turn by giving it one that only cancels.
  func cancelIdle(_ id: String) {
    dequeue(id)
    begin(id, isRunning: false) { await $0.cancelIdle() }
  }

  private func schedule() {
    guard let numerics, !isStopping else { return }
    while runs.values.count(where: \.isRunning) < max(1, workshop.settings.concurrentJobs),
      let next = popBest()
    {
      begin(next, isRunning: true) { await $0.run(numerics: numerics) }
    }
  }

  private func begin(
    _ id: String, isRunning: Bool, _ body: @escaping @Sendable (JobRun) async -> Void
  ) {
    let run = JobRun(id, workshop: workshop)
    runs[id] = (run, isRunning)
    tasks[id] = Task {
      await body(run)
      ended(id)
    }
  }

  private func ended(_ id: String) {
    runs[id] = nil
    tasks[id] = nil
    wake.yield()
  }

  private func popBest() -> String? {
    let ready = queue.filter { runs[$0.id] == nil }
    let best = ready.min { one, other in
      if one.rank.0 != other.rank.0 { return one.rank.0 < other.rank.0 }
      if one.priority != other.priority { return one.priority > other.priority }
      return (one.rank.1, one.id) < (other.rank.1, other.id)
    }
    guard let best else { return nil }
    dequeue(best.id)
    return best.id
  }

  private func stop() async {
    isStopping = true
    for entry in runs.values { await entry.run.suspend() }
    let workshop = workshop
    let deadline = Task {
      try await workshop.clock.sleep(workshop.settings.graceSeconds)
      await workshop.executor.shutdown()
    }
    for task in Array(tasks.values) { await task.value }
    deadline.cancel()
    await workshop.executor.shutdown()
    await workshop.bus.close()
  }
}

extension JobRunner: Service {}
