package import Domain

/// Ends a trial whose best accuracy so far is below the median of what completed trials had there.
///
/// - Source: Golovin et al. 2017, "Google Vizier", §3.2.2 (median stopping rule).
/// - Departs: compares the best value so far with that of others at the same epoch, as Optuna does,
///   not running averages.
package struct MedianPruner: Pruner {
  private let startup: Int
  private let warmup: Int

  /// - Parameters:
  ///   - startup: completed trials before any is judged.
  ///   - warmup: epochs in which none is judged.
  package init(startup: Int = 5, warmup: Int = 1) {
    self.startup = startup
    self.warmup = warmup
  }

  package static let entry = PrunerEntry(
    id: "median", summary: "Ends a trial that is below the median of the completed ones.",
    paper: "Golovin et al. 2017, Google Vizier, KDD",
    parameters: [
      Parameter(
        "startup_trials", .integer(min: 1, max: 1000), default: 5,
        "Completed trials before any is judged."),
      Parameter(
        "warmup_epochs", .integer(min: 0, max: 1000), default: 1,
        "Epochs in which no trial is judged."),
    ],
    make: {
      MedianPruner(startup: $0.integer("startup_trials"), warmup: $0.integer("warmup_epochs"))
    })

  package func hurdles(of number: Int, epochs: Int, earlier: [Trial]) -> [Hurdle] {
    let completed = earlier.filter { $0.state == .completed }
    guard completed.count >= startup, epochs > warmup + 1 else { return [] }
    return (warmup + 1..<epochs).compactMap { epoch in
      let values = completed.compactMap { $0.bestAccuracy(upTo: epoch) }.sorted()
      guard values.count >= startup else { return nil }
      let middle = values.count / 2
      let median =
        values.count.isMultiple(of: 2) ? (values[middle - 1] + values[middle]) / 2 : values[middle]
      return Hurdle(
        epoch: epoch, minimum: median, reason: "the median of \(values.count) completed trials")
    }
  }
}
