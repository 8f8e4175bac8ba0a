package import Domain

/// Asynchronous successive halving: at each rung a trial goes on if it is among the best third.
///
/// - Source: Li et al. 2018, arXiv:1810.05934, algorithm 2.
/// - Departs: a trial is ended instead of paused and perhaps promoted later (the stopping variant, as in
///   Optuna and in the paper's released code), so that no checkpoint waits; it is compared with trials a
///   fixed distance before it, so that the outcome does not depend on timing.
package struct ASHAPruner: Pruner {
  private let minimum: Int
  private let reduction: Int

  /// - Parameters:
  ///   - minimum: epochs at the first rung.
  ///   - reduction: one of so many goes on.
  package init(minimum: Int = 1, reduction: Int = 3) {
    self.minimum = minimum
    self.reduction = reduction
  }

  package static let entry = PrunerEntry(
    id: "asha", summary: "Asynchronous successive halving: the best third at each rung go on.",
    paper: "Li et al. 2018, arXiv:1810.05934",
    parameters: [
      Parameter(
        "min_epochs", .integer(min: 1, max: 10_000), default: 1, "Epochs at the first rung."),
      Parameter("reduction", .integer(min: 2, max: 10), default: 3, "One of so many goes on."),
    ],
    make: { ASHAPruner(minimum: $0.integer("min_epochs"), reduction: $0.integer("reduction")) })

  package func hurdles(of number: Int, epochs: Int, earlier: [Trial]) -> [Hurdle] {
    Rungs(first: minimum, last: epochs, reduction: reduction).hurdles(against: earlier)
  }
}
