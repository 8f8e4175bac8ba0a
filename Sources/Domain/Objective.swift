/// What a job optimises: a metric, its direction, and a limit that a feasible candidate keeps.
package struct Objective: Codable, Hashable, Sendable {
  /// Which way is better.
  package enum Goal: String, Codable, Sendable {
    case maximise = "max"
    case minimise = "min"
  }

  /// Metrics an objective can name.
  package enum Metric: String, Codable, Sendable, CaseIterable {
    case accuracy, parameters, macs
    /// Measured milliseconds of one sample on one thread; a job that names it cannot be repeated exactly.
    case latency
  }

  package let metric: Metric
  package let goal: Goal
  package let limit: Double?

  package init(_ metric: Metric, _ goal: Goal, limit: Double? = nil) {
    self.metric = metric
    self.goal = goal
    self.limit = limit
  }

  /// The name of the trial metric that the objective reads.
  package var metricName: String {
    switch metric {
    case .accuracy: MetricName.searchAccuracy
    case .parameters: MetricName.parameters
    case .macs: MetricName.macs
    case .latency: MetricName.latency
    }
  }
}

/// Names of the metrics that trials carry; functions of order and seed, so they are part of the digest.
package enum MetricName {
  /// Validation accuracy of a trial at the search's budget: max over nothing, the last epoch's value.
  package static let searchAccuracy = "search_accuracy"
  package static let searchLoss = "search_loss"
  package static let parameters = "parameters"
  package static let macs = "macs"
  /// Milliseconds of one sample, forward, on one thread: measured, and only where a job asks.
  package static let latency = "latency_ms"
  /// Training samples seen by a trial that inherited weights, those of its ancestors included.
  package static let cumulativeSamples = "cumulative_samples"
  /// Edges per state of the searched cell, in spaces that draw one.
  package static let density = "density"
  /// What a benchmark table says that measuring an architecture costs, in the table's own unit.
  package static let cost = "cost"
  /// Test accuracy of a retrained architecture; never a trial of the search.
  package static let testAccuracy = "test_accuracy"
  package static let testLoss = "test_loss"
  /// Validation accuracy of a retraining run of the final phase.
  package static let validationAccuracy = "validation_accuracy"
  package static let validationLoss = "validation_loss"
  package static let trainLoss = "train_loss"
  package static let trainAccuracy = "train_accuracy"
}
