import Domain

/// Six decisions of five values; the reward is the share that equals a hidden target.
struct ToyTarget {
  let points: [DecisionPoint] = (0..<6).map {
    DecisionPoint("\($0)", values: ["a", "b", "c", "d", "e"])
  }
  let target: [Int]

  init(seed: UInt64) {
    var generator = SeededGenerator(jobSeed: seed, purpose: .sample)
    target = (0..<6).map { _ in generator.below(5) }
  }

  func share(_ genotype: Genotype) -> Double {
    Double(zip(genotype.decisions, target).count { $0 == $1 }) / 6
  }

  /// Proposals after which the mean share of 20 in a row was first at least 0.9; nil: not within `limit`.
  func samples(
    _ entry: StrategyEntry, _ given: [String: JSONValue], limit: Int, seed: UInt64
  )
    throws -> Int?
  {
    var faults: [Fault] = []
    let parameters = Parameters(given, for: entry.parameters, at: "", faults: &faults)
    guard faults.isEmpty else { throw SpaceError("\(faults)") }
    var search = Search(
      try entry.make(
        StrategyContext(points: points, parameters: parameters, objectives: [], seed: seed)))
    try search.run(to: limit) { .accuracy(share($0.candidate.genotype)) }
    let shares = search.genotypes.map(share)
    return (20...limit).first { shares[$0 - 20..<$0].reduce(0, +) >= 0.9 * 20 }
  }
}
