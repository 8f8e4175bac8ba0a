/// Wakes those who watch a job; what changed is read from the store.
actor EventBus {
  private var watchers: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
  private var lastKey = 0
  private var isClosed = false

  /// A stream that wakes on every change from now on; wakes not yet taken are joined into one.
  func watch(_ job: String) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    guard !isClosed else {
      continuation.finish()
      return stream
    }
    lastKey += 1
    let key = lastKey
    watchers[job, default: [:]][key] = continuation
    continuation.onTermination = { [weak self] _ in
      Task { await self?.forget(job, key) }
    }
    return stream
  }

  /// Wakes the job's watchers.
  func publish(_ job: String) {
    for continuation in (watchers[job] ?? [:]).values { continuation.yield() }
  }

  /// Ends the job's streams after a last wake.
  func finish(_ job: String) {
    for continuation in (watchers.removeValue(forKey: job) ?? [:]).values {
      continuation.yield()
      continuation.finish()
    }
  }

  /// Ends all streams: the service stops.
  func close() {
    isClosed = true
    for job in watchers.keys { finish(job) }
  }

  private func forget(_ job: String, _ key: Int) {
    watchers[job]?[key] = nil
    if watchers[job]?.isEmpty == true { watchers[job] = nil }
  }
}
