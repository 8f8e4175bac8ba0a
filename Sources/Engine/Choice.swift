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

  /// What a branch is weighted with; nil where the architecture parameters say it.
  func weight(of branch: Int) -> Float? {
    switch self {
    case .mixture: nil
    case .branch(let chosen): branch == chosen ? 1 : 0
    case .weights(let weights): weights[branch]
    }
  }

  /// Refuses a branch that is not there, or another number of weights.
  ///
  /// - Throws: `ShapeError` that names both.
  func check(branches: Int) throws(ShapeError) {
    switch self {
    case .mixture: break
    case .branch(let chosen):
      guard (0..<branches).contains(chosen) else {
        throw ShapeError(
          operation: "choice", message: "branch is \(chosen); it must be 0…\(branches - 1)")
      }
    case .weights(let weights):
      guard weights.count == branches else {
        throw ShapeError(
          operation: "choice",
          message: "has \(weights.count) weights; it must have \(branches), one a branch")
      }
    }
  }
}
