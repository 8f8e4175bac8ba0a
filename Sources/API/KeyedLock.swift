internal import Synchronization

/// Lets one task at a time in per key; the others wait in order.
final class KeyedLock: Sendable {
  private let waiting = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

  /// Runs `body` while no other call with the key runs.
  func run<Value: Sendable>(
    _ key: String, _ body: @Sendable () async throws -> Value
  ) async rethrows -> Value {
    await withCheckedContinuation { continuation in
      let isFree = waiting.withLock { waiting in
        if waiting[key] == nil {
          waiting[key] = []
          return true
        }
        waiting[key]?.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
    defer { leave(key) }
    return try await body()
  }

  private func leave(_ key: String) {
    let next: CheckedContinuation<Void, Never>? = waiting.withLock { waiting in
      guard let queue = waiting[key], let first = queue.first else {
        waiting[key] = nil
        return nil
      }
      waiting[key] = Array(queue.dropFirst())
      return first
    }
    next?.resume()
  }
}
