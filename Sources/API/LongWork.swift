internal import Domain
internal import Synchronization

/// Computes for clients what takes long, one at a time, on a thread of its own.
final class LongWork: Sendable {
  /// What is computed.
  struct Kind: Sendable {
    /// As in "the comparison did not end".
    let name: String
    /// How a client asks for less, and where in the body.
    let advice: String
    let pointer: String
    /// Whether a client is refused, not kept waiting, while another is served.
    let refuses: Bool

    static let comparison = Kind(
      name: "comparison", advice: "ask for fewer seeds or strategies", pointer: "/seeds",
      refuses: true)
    static let estimate = Kind(
      name: "estimate", advice: "networks of the space are too large for it", pointer: "/space",
      refuses: false)
  }

  private let isTaken = Mutex(false)
  private let thread = BlockingWork(threads: 1)
  private let kind: Kind
  private let stopping: Signal
  private let limit: Duration

  /// - Parameter limit: Longest time of one.
  init(_ kind: Kind, stopping: Signal, limit: Duration) {
    self.kind = kind
    self.stopping = stopping
    self.limit = limit
  }

  /// The value of `make`, which asks its argument often whether to go on; that throws when the client is
  /// gone, the service stops or the time is over.
  ///
  /// - Throws: `ServiceError(.unavailable)` while another is served, where the kind refuses.
  func run<Value: Sendable>(
    gone: Signal, _ make: @escaping @Sendable (_ check: @escaping () throws -> Void) throws -> Value
  ) async throws -> Value {
    guard kind.refuses else { return try await start(gone: gone, make) }
    let isMine = isTaken.withLock { isTaken in
      defer { isTaken = true }
      return !isTaken
    }
    guard isMine else {
      throw ServiceError(
        .unavailable, "another \(kind.name) is being made, and only one is at a time")
    }
    defer { isTaken.withLock { $0 = false } }
    return try await start(gone: gone, make)
  }

  private func start<Value: Sendable>(
    gone: Signal, _ make: @escaping @Sendable (_ check: @escaping () throws -> Void) throws -> Value
  ) async throws -> Value {
    try await thread.run { [kind, stopping, limit] in
      let start = ContinuousClock.now
      return try make {
        if stopping.isFired { throw ServiceError(.unavailable, "the service stops") }
        if gone.isFired { throw ServiceError(.unavailable, "the client is gone") }
        guard ContinuousClock.now - start > limit else { return }
        let detail = "the \(kind.name) did not end within \(limit); \(kind.advice)"
        throw ServiceError(.validation, detail, faults: [Fault(kind.pointer, detail)])
      }
    }
  }

  /// Ends the thread.
  func stop() async throws {
    try await thread.stop()
  }
}
