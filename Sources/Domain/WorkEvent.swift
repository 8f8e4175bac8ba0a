/// What a worker says, one JSON object a line.
package enum WorkEvent: Codable, Hashable, Sendable {
  /// The process is up: what its engine can do (first is best).
  case ready(engineVersion: String, isas: [String])
  /// An epoch of the order in hand ended.
  case progress(order: String, Measurement)
  /// The order in hand goes on: said where nothing else was for some seconds.
  case working(order: String)
  /// The order ended.
  case finished(order: String, Outcome)
}

/// What the server says to a worker, one JSON object a line.
package enum WorkCommand: Codable, Hashable, Sendable {
  case run(WorkOrder)
  /// Ends the order in hand within one minibatch, if it is the one named.
  case cancel(order: String)
}

/// How an order ended.
package enum Outcome: Codable, Hashable, Sendable {
  case completed(Evaluation)
  /// A hurdle was missed.
  case stopped(reason: String, Evaluation)
  /// The network cannot be built or does not fit the memory limit; never retried.
  case infeasible(reason: String, Evaluation?)
  /// A loss that is NaN or infinite.
  case diverged(reason: String, Evaluation)
  /// The machine could not keep what the order made (a full disk): the job cannot go on.
  case storage(reason: String)
  /// Anything else that would happen again.
  case failed(reason: String)
  case cancelled
  /// The worker or its machine went away; `isTrap` when it was the worker's own fault.
  case lost(reason: String, isTrap: Bool)
}

/// What training one network, or one supernet, brought.
package struct Evaluation: Codable, Hashable, Sendable {
  package var fingerprint: String
  /// Functions of order and seed, by `MetricName`.
  package var metrics: [String: Double]
  /// Measured quantities: `train_seconds`, `plan_seconds`, `arena_bytes`.
  package var measured: [String: Double]
  package var curve: [Measurement]
  /// SHA-256 of the stored weights.
  package var weights: String?
  /// What was read off a supernet; nil in every other role.
  package var derivation: Derivation?

  package init(
    fingerprint: String, metrics: [String: Double], measured: [String: Double],
    curve: [Measurement], weights: String?, derivation: Derivation? = nil
  ) {
    self.fingerprint = fingerprint
    self.metrics = metrics
    self.measured = measured
    self.curve = curve
    self.weights = weights
    self.derivation = derivation
  }
}
