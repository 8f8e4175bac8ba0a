internal import Domain

/// Epochs at which trials are compared, and the rule that the best of every `reduction` go on.
struct Rungs: Hashable, Sendable {
  /// Ascending, all before the last epoch.
  let epochs: [Int]
  let reduction: Int

  /// Rungs at `first`, `first · reduction`, … below `last`.
  init(first: Int, last: Int, reduction: Int) {
    var epochs: [Int] = []
    var epoch = max(1, first)
    while epoch < last {
      epochs.append(epoch)
      epoch *= max(2, reduction)
    }
    self.init(epochs, reduction: reduction)
  }

  /// Rungs at these epochs.
  init(_ epochs: [Int], reduction: Int) {
    self.epochs = epochs
    self.reduction = max(2, reduction)
  }

  /// The hurdles that earlier trials set: at each rung, to be among the best `1/reduction` of those
  /// that came so far and this one; the first at a rung goes on.
  func hurdles(against earlier: [Trial]) -> [Hurdle] {
    epochs.compactMap { epoch in
      let values = earlier.compactMap { $0.bestAccuracy(upTo: epoch) }.sorted(by: >)
      guard !values.isEmpty else { return nil }
      let places = max(1, (values.count + 1) / reduction)
      guard places <= values.count else { return nil }
      return Hurdle(
        epoch: epoch, minimum: values[places - 1],
        reason: "place \(places) of the \(values.count) trials that came so far")
    }
  }
}
