/// What becomes of one choice of a supernet.
package enum Choice: Hashable, Sendable {
  /// All branches, by the softmax of the architecture parameters.
  case mixture
  /// One branch alone; nothing of the others runs.
  case branch(Int)
  /// Branches by given weights; nothing runs of those whose weight is 0.
  case weights([Float])

  /// Whether a branch takes part.
  func takes(_ branch: Int) -> Bool {
    switch self {
    case .mixture: true
    case .branch(let chosen): chosen == branch
    case .weights(let weights): weights[branch] != 0
    }
  }

  /// The mixing weights, where the architecture parameters do not say them.
  ///
  /// - Throws: `ShapeError` when there is no such branch, or another number of them.
  func weights(branches: Int) throws(ShapeError) -> [Float]? {
    switch self {
    case .mixture: return nil
    case .branch(let chosen):
      guard (0..<branches).contains(chosen) else {
        throw ShapeError(
          operation: "choice", message: "branch is \(chosen); it must be 0…\(branches - 1)")
      }
      return (0..<branches).map { $0 == chosen ? 1 : 0 }
    case .weights(let weights):
      guard weights.count == branches else {
        throw ShapeError(
          operation: "choice",
          message: "has \(weights.count) weights; it must have \(branches), one a branch")
      }
      return weights
    }
  }
}
