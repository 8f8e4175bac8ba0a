internal import Domain

/// Wakes while a job changes, at a steady beat, and ends when there is nothing more to wait for.
struct JobWatch: Sendable {
  let control: any JobControl
  /// Fires when the service stops.
  let stopping: Signal
  /// Time from beat to beat.
  let beat: Duration

  /// Calls `look` at once and after every wake until it answers false, or until the job's changes
  /// end, the service stops or the client is gone; after such an end it looks a last time.
  func run(
    job id: String, gone: Signal, _ look: (_ isLast: Bool) async throws -> Bool
  ) async throws {
    let (wakes, feed) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let keys = (stopping.listen { feed.finish() }, gone.listen { feed.finish() })
    defer {
      stopping.forget(keys.0)
      gone.forget(keys.1)
    }
    let changes = await control.changes(of: id)
    let beat = beat
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in changes { feed.yield() }
        feed.finish()
      }
      group.addTask {
        while !Task.isCancelled {
          try? await Task.sleep(for: beat)
          feed.yield()
        }
      }
      defer { group.cancelAll() }
      guard try await look(false) else { return }
      for await _ in wakes {
        guard try await look(false) else { return }
      }
      if !gone.isFired { _ = try await look(true) }
    }
  }
}
