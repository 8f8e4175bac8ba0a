/// How the runner behaves, beyond what jobs say.
package struct RunnerSettings: Sendable {
  /// Jobs that run at once; they share the executor's slots.
  package var concurrentJobs = 1
  /// Memory a network's plan may take in a worker.
  package var memoryLimitBytes = 1 << 30
  /// Seconds between looks at the clock while a job runs; progress is saved as often.
  package var tickSeconds = 0.25
  /// Seconds that orders in flight get to end on shutdown before their workers are ended.
  package var graceSeconds = 5.0

  package init() {}
}
