/// What a trial has to reach at the end of an epoch to go on.
package struct Hurdle: Codable, Hashable, Sendable {
  /// Epochs trained, from 1.
  package let epoch: Int
  /// Least validation accuracy, the best of the trial's epochs so far, with which it goes on.
  package let minimum: Double
  /// Where the minimum comes from, in words: "the best third of 12 trials".
  package let reason: String

  package init(epoch: Int, minimum: Double, reason: String) {
    self.epoch = epoch
    self.minimum = minimum
    self.reason = reason
  }
}

/// Ends hopeless trials early.
///
/// A trial is judged by hurdles that are known before it starts, from trials a fixed distance before
/// it. So where it ends depends neither on what else runs nor on how fast, and the worker that trains
/// it can judge by itself.
package protocol Pruner: Sendable {
  /// The hurdles of a trial, by ascending epoch.
  ///
  /// - Parameters:
  ///   - number: the trial's, from 1.
  ///   - epochs: the whole length of a trial at full budget.
  ///   - earlier: trials up to `number` less the job's parallelism, by number, with their curves.
  func hurdles(of number: Int, epochs: Int, earlier: [Trial]) -> [Hurdle]
}

/// A pruner as the registry lists it.
package struct PrunerEntry: RegistryEntry {
  package let id: String
  package let summary: String
  package let paper: String
  package let parameters: [Parameter]
  package let make: @Sendable (Parameters) -> any Pruner

  package init(
    id: String, summary: String, paper: String, parameters: [Parameter],
    make: @escaping @Sendable (Parameters) -> any Pruner
  ) {
    self.id = id
    self.summary = summary
    self.paper = paper
    self.parameters = parameters
    self.make = make
  }
}

extension Trial {
  /// The best validation accuracy up to an epoch; nil where the trial did not come so far.
  package func bestAccuracy(upTo epoch: Int) -> Double? {
    guard let last = curve.last, last.epoch >= epoch else { return nil }
    return curve.filter { $0.epoch <= epoch }
      .compactMap { ($0.metrics[MetricName.validationAccuracy] ?? nil) }.max()
  }
}
