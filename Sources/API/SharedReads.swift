internal import Synchronization

/// Lets calls for one key share reads: those that come while a read runs wait for one more, which
/// begins after they came, so that nobody is given what is older than the question.
package final class SharedReads<Value: Sendable>: Sendable {
  private typealias Waiter = CheckedContinuation<Turn, Never>

  /// What a call that waited is told.
  private enum Turn: Sendable {
    /// To read now, for itself and for these.
    case read([Waiter])
    case take(Result<Value, any Error>)
  }

  /// For each key with a running read, those who came since it began.
  private let waiting = Mutex<[String: [Waiter]]>([:])

  package init() {}

  /// The value of a key, read by `read` or by another call's.
  package func value(
    _ key: String, read: @Sendable () async throws -> Value
  ) async throws -> Value {
    let isFirst = waiting.withLock { waiting in
      if waiting[key] != nil { return false }
      waiting[key] = []
      return true
    }
    if isFirst { return try await lead([], key, read) }
    let turn = await withCheckedContinuation { continuation in
      let isFree = waiting.withLock { waiting in
        if waiting[key] == nil {
          waiting[key] = []
          return true
        }
        waiting[key]?.append(continuation)
        return false
      }
      if isFree { continuation.resume(returning: .read([])) }
    }
    switch turn {
    case .take(let result): return try result.get()
    case .read(let others): return try await lead(others, key, read)
    }
  }

  private func lead(
    _ others: [Waiter], _ key: String, _ read: @Sendable () async throws -> Value
  ) async throws -> Value {
    let result: Result<Value, any Error>
    do {
      result = .success(try await read())
    } catch {
      result = .failure(error)
    }
    let late: [Waiter] = waiting.withLock { waiting in
      let late = waiting[key] ?? []
      waiting[key] = late.isEmpty ? nil : []
      return late
    }
    late.first?.resume(returning: .read(Array(late.dropFirst())))
    for other in others { other.resume(returning: .take(result)) }
    return try result.get()
  }
}
