internal import Domain
internal import Synchronization

/// Which workers are free, who waits for one, and what they can do.
final class WorkerPool: Sendable {
  private struct Waiter {
    let order: WorkOrder.ID
    let continuation: CheckedContinuation<Int?, Never>
  }

  private struct Pool {
    var free: [Int] = []
    var waiters: [Waiter] = []
    var engineVersion = ""
    var isas: [String] = []
    var isClosed = false
    var failures = 0
    var starter: CheckedContinuation<Numerics, any Error>?
  }

  private static let largestFailures = 3

  private let pool = Mutex(Pool())

  /// True where every worker can run an order with these numerics.
  func offers(_ numerics: Numerics) -> Bool {
    pool.withLock { pool in
      numerics.engineVersion == pool.engineVersion && pool.isas.contains(numerics.isa)
        && numerics.threads == 1
    }
  }

  /// Resumes a starter with what the first worker says, or with why none comes up.
  func awaitFirst(_ starter: CheckedContinuation<Numerics, any Error>) {
    pool.withLock { $0.starter = starter }
  }

  /// Lets all who wait go without a worker, now and from now on.
  func close() {
    let (waiters, starter) = pool.withLock { pool in
      defer {
        pool.isClosed = true
        pool.waiters = []
        pool.free = []
        pool.starter = nil
      }
      return (pool.waiters, pool.starter)
    }
    starter?.resume(throwing: ServiceError(.unavailable, "the service stops"))
    for waiter in waiters { waiter.continuation.resume(returning: nil) }
  }

  /// Waits for a free worker; nil when the order is cancelled or the executor closed.
  func acquire(_ order: WorkOrder.ID) async -> Int? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let slot = pool.withLock { pool -> Int?? in
          if pool.isClosed || Task.isCancelled { return .some(nil) }
          if !pool.free.isEmpty { return pool.free.removeFirst() }
          pool.waiters.append(Waiter(order: order, continuation: continuation))
          return nil
        }
        if let slot { continuation.resume(returning: slot) }
      }
    } onCancel: {
      giveUp(order)
    }
  }

  /// Takes an order out of the line.
  func giveUp(_ order: WorkOrder.ID) {
    let waiter = pool.withLock { pool -> Waiter? in
      guard let index = pool.waiters.firstIndex(where: { $0.order == order }) else { return nil }
      return pool.waiters.remove(at: index)
    }
    waiter?.continuation.resume(returning: nil)
  }

  /// A worker is up and free.
  func ready(_ slot: Int, engineVersion: String, isas: [String]) {
    let starter = pool.withLock { pool in
      pool.engineVersion = engineVersion
      pool.isas = isas
      defer { pool.starter = nil }
      return pool.starter
    }
    starter?.resume(
      returning: Numerics(
        engineVersion: engineVersion, isa: isas.first ?? "generic", threads: 1))
    free(slot)
  }

  /// A worker took its order to the end.
  func free(_ slot: Int) {
    let waiter = pool.withLock { pool -> Waiter? in
      guard !pool.isClosed else { return nil }
      guard pool.waiters.isEmpty else { return pool.waiters.removeFirst() }
      pool.free.append(slot)
      return nil
    }
    waiter?.continuation.resume(returning: slot)
  }

  /// A worker is gone; another comes in its slot.
  ///
  /// - Parameter isFault: whether a worker that had not come up is to blame itself. A few such, with
  ///   none that came up, and the starter is told; one that was killed says nothing of the next.
  func gone(_ slot: Int, _ reason: String, wasReady: Bool, isFault: Bool) {
    let starter = pool.withLock { pool -> CheckedContinuation<Numerics, any Error>? in
      pool.free.removeAll { $0 == slot }
      guard !wasReady, isFault else { return nil }
      pool.failures += 1
      guard pool.failures >= WorkerPool.largestFailures else { return nil }
      defer { pool.starter = nil }
      return pool.starter
    }
    starter?.resume(throwing: ServiceError(.unavailable, "no worker comes up: it \(reason)"))
  }
}
