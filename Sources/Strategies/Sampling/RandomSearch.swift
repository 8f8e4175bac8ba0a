package import Domain

/// Draws every candidate anew, uniform over genotypes (not over distinct networks), at full budget.
///
/// - Source: Li & Talwalkar 2019, arXiv:1902.07638 (random search without weight sharing).
package struct RandomSearch: SearchStrategy {
  private let points: [DecisionPoint]
  private let seed: UInt64
  private var proposed = 0

  package init(points: [DecisionPoint], seed: UInt64) {
    self.points = points
    self.seed = seed
  }

  package static let entry = StrategyEntry(
    id: "random", summary: "Uniformly random candidates; what every other strategy must beat.",
    paper: "Li & Talwalkar 2019, arXiv:1902.07638", parameters: [],
    make: { RandomSearch(points: $0.points, seed: $0.seed) },
    restore: { try RandomSearch.restored(from: $1) })

  package mutating func propose() throws -> Candidate? {
    proposed += 1
    var generator = SeededGenerator(jobSeed: seed, trial: proposed, purpose: .proposal)
    return Candidate(.random(in: points, using: &generator), isRandom: true)
  }

  package mutating func observe(_ trial: Trial) throws {}
}
