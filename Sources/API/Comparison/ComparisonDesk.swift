internal import Domain
internal import Synchronization

/// Makes comparisons one at a time, on a thread of its own.
final class ComparisonDesk: Sendable {
  private let isTaken = Mutex(false)
  private let thread = BlockingWork(threads: 1)
  private let stopping: Signal
  private let limit: Duration

  /// - Parameter limit: Longest time of one comparison.
  init(stopping: Signal, limit: Duration) {
    self.stopping = stopping
    self.limit = limit
  }

  /// The value of `make`, which asks its argument often whether to go on; that throws when the client is
  /// gone, the service stops or the time is over.
  ///
  /// - Throws: `ServiceError(.unavailable)` while another comparison is made.
  func run<Value: Sendable>(
    gone: Signal, _ make: @escaping @Sendable (_ check: () throws -> Void) throws -> Value
  ) async throws -> Value {
    let isMine = isTaken.withLock { isTaken in
      defer { isTaken = true }
      return !isTaken
    }
    guard isMine else {
      throw ServiceError(
        .unavailable, "another comparison is being made, and only one is at a time")
    }
    defer { isTaken.withLock { $0 = false } }
    return try await thread.run { [stopping, limit] in
      let start = ContinuousClock.now
      return try make {
        if stopping.isFired { throw ServiceError(.unavailable, "the service stops") }
        if gone.isFired { throw ServiceError(.unavailable, "the client is gone") }
        guard ContinuousClock.now - start > limit else { return }
        let detail = "the comparison did not end within \(limit); ask for fewer seeds or strategies"
        throw ServiceError(.validation, detail, faults: [Fault("/seeds", detail)])
      }
    }
  }

  /// Ends the thread.
  func stop() async throws {
    try await thread.stop()
  }
}
