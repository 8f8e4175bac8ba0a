package import Domain
internal import Glibc
package import Logging

/// Runs orders in warm worker processes on this machine.
///
/// A worker that breaks down costs the order in hand one attempt; another takes its place, after a
/// pause that grows while none comes up. Workers die with this process, whatever ends it: they ask
/// for the parent-death signal, and leave when their input ends.
package final class LocalExecutor: Executor {
  /// How long workers are waited for.
  package struct Limits: Sendable {
    /// Seconds without a word after which a worker with an order is given up.
    ///
    /// Workers say `working` every few seconds, so this is no limit on the length of an epoch.
    package var silenceSeconds = 60.0
    /// Seconds that a worker gets to end a cancelled order.
    package var cancelSeconds = 20.0
    /// Seconds that a worker gets to come up.
    package var startSeconds = 30.0

    package init() {}
  }

  package let slots: Int
  private let pool = WorkerPool()
  private let workers: [WorkerSlot]

  /// - Parameters:
  ///   - slots: how many workers.
  ///   - executable: the workers' program; by default the one that runs.
  package init(
    slots: Int, executable: String = "/proc/self/exe", arguments: [String] = ["worker"],
    limits: Limits = Limits(), logger: Logger
  ) {
    let pool = pool
    self.slots = max(1, slots)
    workers = (0..<self.slots).map { index in
      WorkerSlot(
        index: index, command: [executable] + arguments, limits: limits, logger: logger, pool: pool)
    }
  }

  package var aliveWorkers: Int { workers.count { $0.isAlive } }

  package func offers(_ numerics: Numerics) -> Bool {
    pool.offers(numerics)
  }

  /// Starts all workers and returns when the first is up.
  ///
  /// - Throws: `ServiceError(.unavailable)` when workers fail again and again and none comes up.
  package func start() async throws -> Numerics {
    // A worker that is gone must be an error of the write, not the end of the server.
    signal(SIGPIPE, SIG_IGN)
    return try await withCheckedThrowingContinuation { continuation in
      pool.awaitFirst(continuation)
      for worker in workers { worker.open() }
    }
  }

  package func run(
    _ order: WorkOrder, progress: @escaping @Sendable (Measurement) -> Void
  ) async -> Outcome {
    guard let slot = await pool.acquire(order.id) else { return .cancelled }
    return await workers[slot].run(order, progress: progress)
  }

  package func cancel(_ order: WorkOrder.ID) async {
    pool.giveUp(order)
    for worker in workers { worker.cancel(order) }
  }

  package func shutdown() async {
    pool.close()
    for worker in workers { await worker.close() }
  }
}
