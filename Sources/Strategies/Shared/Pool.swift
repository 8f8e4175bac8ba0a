internal import Domain

/// The candidates that a model chooses among: mutations of the best candidates, and random ones.
enum Pool {
  /// As many new genotypes, each once, as `count` asks for; fewer where the space has no more at hand.
  ///
  /// - Parameters:
  ///   - parents: mutated in turn, best first; every third mutation changes two decisions.
  ///   - random: how many of `count` are drawn uniformly.
  /// - Returns: at least one genotype; nothing known while the space holds something new.
  static func candidates(
    _ count: Int, random: Int, parents: [Genotype], history: History, points: [DecisionPoint],
    using generator: inout SeededGenerator
  ) -> [Genotype] {
    var pool: [Genotype] = []
    var taken: Set<Genotype> = []
    func take(_ genotype: Genotype) {
      if !history.contains(genotype), taken.insert(genotype).inserted { pool.append(genotype) }
    }
    let mutations = parents.isEmpty ? 0 : count - random
    var attempts = 0
    while pool.count < mutations, attempts < 3 * mutations {
      let parent = parents[attempts % parents.count]
      var child = parent.mutated(in: points, using: &generator)
      if attempts % 3 == 2 { child = child?.mutated(in: points, using: &generator) }
      attempts += 1
      take(child ?? parent)
    }
    for _ in 0..<random { take(.random(in: points, using: &generator)) }
    if pool.isEmpty { pool.append(history.fresh(in: points, using: &generator)) }
    return pool
  }
}
