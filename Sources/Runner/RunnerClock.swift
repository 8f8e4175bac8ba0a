package import FoundationEssentials

/// Time as the runner sees it; tests fix it.
package struct RunnerClock: Sendable {
  /// The date for stamps.
  package let date: @Sendable () -> Date
  /// Monotonic seconds from any origin, for durations.
  package let seconds: @Sendable () -> Double
  /// Waits; throws when its task is cancelled.
  package let sleep: @Sendable (_ seconds: Double) async throws -> Void

  package init(
    date: @escaping @Sendable () -> Date, seconds: @escaping @Sendable () -> Double,
    sleep: @escaping @Sendable (_ seconds: Double) async throws -> Void
  ) {
    self.date = date
    self.seconds = seconds
    self.sleep = sleep
  }

  /// The machine's clock.
  package static var system: RunnerClock {
    let origin = ContinuousClock.now
    return RunnerClock(
      date: { Date() },
      seconds: { (ContinuousClock.now - origin) / .seconds(1) },
      sleep: { try await Task.sleep(for: .seconds($0)) })
  }
}
