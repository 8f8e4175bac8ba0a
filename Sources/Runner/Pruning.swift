internal import Domain

/// A job's pruner and the length of its trials in epochs.
struct Pruning: Sendable {
  private let pruner: any Pruner
  private let epochs: Int

  /// nil where the request has no pruner.
  ///
  /// - Throws: `ServiceError(.unavailable)` when the registry does not know it any more.
  init?(_ request: JobRequest, content: DatasetContent, catalog: Catalog) throws {
    guard let choice = request.pruner else { return nil }
    guard let entry = catalog.pruners[choice.name] else {
      throw ServiceError(
        .unavailable,
        "no pruner '\(choice.name)'; known are " + catalog.pruners.ids.joined(separator: ", "))
    }
    var faults: [Fault] = []
    let parameters = Parameters(
      choice.params, for: entry.parameters, at: "/pruner/params", faults: &faults)
    guard faults.isEmpty else {
      throw ServiceError(.validation, "the pruner's parameters are not valid", faults: faults)
    }
    pruner = entry.make(parameters)
    let rows = max(1, content.fittingRows)
    epochs = (request.trial.samplesSeen + rows - 1) / rows
  }

  /// The hurdles of a trial.
  func hurdles(of number: Int, earlier: [Trial]) -> [Hurdle] {
    pruner.hurdles(of: number, epochs: epochs, earlier: earlier)
  }
}
