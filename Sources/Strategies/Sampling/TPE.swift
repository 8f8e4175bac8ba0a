package import Domain

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Tree-structured Parzen estimator: draws candidates like the good ones, and takes the one that is
/// least like the bad ones.
///
/// Observations are split at the best `good_share`; per decision, smoothed shares of values among the
/// good and among the bad are compared, of the observations in which the decision is active. Pruned
/// trials count as bad. A candidate that is known already is passed over while a new one was drawn.
///
/// - Source: Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization" (NeurIPS); the survey
///   Watanabe 2023, arXiv:2304.11127, for the smoothing.
/// - Departs: a known candidate is not proposed again.
package struct TPE: SearchStrategy {
  private let points: [DecisionPoint]
  private let aims: Aims
  private let starts: Int
  private let draws: Int
  private let share: Double
  private let seed: UInt64
  private var history = History()

  package init(
    points: [DecisionPoint], objectives: [Objective], starts: Int, draws: Int, share: Double,
    seed: UInt64
  ) {
    self.points = points
    aims = Aims(objectives)
    self.starts = starts
    self.draws = draws
    self.share = share
    self.seed = seed
  }

  package static let entry = StrategyEntry(
    id: "tpe",
    summary: "Tree-structured Parzen estimator: draws like the good candidates, unlike the bad.",
    paper: "Bergstra et al. 2011, NeurIPS; Watanabe 2023, arXiv:2304.11127",
    parameters: [
      Parameter("starts", .integer(min: 1, max: 1000), default: 20, "Random candidates first."),
      Parameter(
        "draws", .integer(min: 1, max: 1000), default: 24,
        "Candidates drawn like the good ones, of which one is proposed."),
      Parameter(
        "good_share", .number(min: 0.01, max: 0.5), default: 0.15,
        "Share of the observations that counts as good; at least 5 do."),
    ],
    make: {
      TPE(
        points: $0.points, objectives: $0.objectives, starts: $0.parameters.integer("starts"),
        draws: $0.parameters.integer("draws"), share: $0.parameters.number("good_share"),
        seed: $0.seed)
    },
    restore: { try TPE.restored(from: $1) })

  package mutating func propose() throws -> Candidate? {
    var generator = history.generator(seed: seed)
    let candidate: Candidate
    if history.proposed >= starts, history.records.count > 5 {
      candidate = Candidate(model(using: &generator))
    } else {
      candidate = Candidate(history.fresh(in: points, using: &generator), isRandom: true)
    }
    history.propose(candidate.genotype)
    return candidate
  }

  package mutating func skipStart() {
    history.skip()
  }

  package mutating func observe(_ trial: Trial) throws {
    history.observe(trial.candidate.genotype, aims.merit(trial))
  }

  private func model(using generator: inout SeededGenerator) -> Genotype {
    let ranking = history.ranking
    let count = max(5, Int((share * Double(ranking.count)).rounded(.up)))
    let good = frequencies(ranking.prefix(count))
    let bad = frequencies(ranking.dropFirst(count))
    var best: (genotype: Genotype, gain: Double)?
    for _ in 0..<draws {
      var draw = Genotype(Array(repeating: nil, count: points.count))
      var gain = 0.0
      for index in points.indices where draw.isActive(index, in: points) {
        let value = TPE.draw(good[index], using: &generator)
        draw.decisions[index] = value
        gain += log(good[index][value]) - log(bad[index][value])
      }
      if !history.contains(draw), gain > best?.gain ?? -.infinity { best = (draw, gain) }
    }
    if let best { return best.genotype }
    // All draws are known: the neighbourhood of the best, or else anywhere.
    return Pool.candidates(
      draws, random: 0, parents: ranking.prefix(count).map { history.records[$0].genotype },
      history: history, points: points, using: &generator)[0]
  }

  /// Per point the share of each value, every value counted once more than it occurred.
  private func frequencies(_ indices: some Sequence<Int>) -> [[Double]] {
    var counts = points.map { [Double](repeating: 1, count: $0.values.count) }
    for index in indices {
      for (place, value) in history.records[index].genotype.decisions.enumerated() {
        if let value { counts[place][value] += 1 }
      }
    }
    return counts.map { row in
      let total = row.reduce(0, +)
      return row.map { $0 / total }
    }
  }

  private static func draw(
    _ shares: [Double], using generator: inout SeededGenerator
  ) -> Int {
    var rest = generator.unit()
    for (value, share) in shares.enumerated() {
      rest -= share
      if rest < 0 { return value }
    }
    return shares.count - 1
  }
}
