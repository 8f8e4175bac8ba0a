/// Where work runs: local worker processes, another machine, or the test itself.
package protocol Executor: Sendable {
  /// How many orders run at once.
  var slots: Int { get }

  /// How many workers are alive now, for readiness and metrics.
  var aliveWorkers: Int { get }

  /// Makes the executor ready and tells what numerics it offers; called once before any order.
  func start() async throws -> Numerics

  /// True where an order with these numerics can be run; known after the start.
  func offers(_ numerics: Numerics) -> Bool

  /// Runs one order to its end; waits for a free slot. Task cancellation cancels the order.
  func run(
    _ order: WorkOrder, progress: @escaping @Sendable (Measurement) -> Void
  ) async -> Outcome

  /// Ends an order within one minibatch; does nothing for one that is not running.
  func cancel(_ order: WorkOrder.ID) async

  /// Ends all workers.
  func shutdown() async
}
