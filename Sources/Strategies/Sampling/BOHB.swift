package import Domain

/// The sampler of BOHB: kernel densities of good and of bad candidates, at the largest fidelity that has
/// enough of them.
///
/// A trial's learning curve holds what it would have scored at every smaller number of epochs, so one
/// stopped after 3 epochs is an observation at 3, 2 and 1, and a completed one at all. The model uses
/// the largest number of epochs at which more than d + 1 trials were good and bad enough to tell apart,
/// d being the number of decisions. Without curves all completed trials are of one fidelity. Which
/// trials are stopped, and when, is a pruner's decision.
///
/// - Source: Falkner et al. 2018, arXiv:1807.01774, §3.2 and algorithm 2; HpBandSter for the constants.
/// - Departs: ordered decisions are taken as unordered; inactive decisions are a value of their own
///   instead of being drawn; a known candidate is not proposed again.
package struct BOHB: SearchStrategy {
  private let points: [DecisionPoint]
  private let aims: Aims
  private let draws: Int
  private let share: Double
  private let randomShare: Double
  private let seed: UInt64
  private var history = History()
  private var fidelities = FidelityTable()

  package init(
    points: [DecisionPoint], objectives: [Objective], draws: Int, share: Double,
    randomShare: Double, seed: UInt64
  ) {
    self.points = points
    aims = Aims(objectives)
    self.draws = draws
    self.share = share
    self.randomShare = randomShare
    self.seed = seed
  }

  package static let entry = StrategyEntry(
    id: "bohb",
    summary: "Kernel densities at the largest fidelity with enough trials; goes with `hyperband`.",
    paper: "Falkner et al. 2018, arXiv:1807.01774",
    parameters: [
      Parameter(
        "draws", .integer(min: 1, max: 1000), default: 64,
        "Candidates drawn near the good ones, of which one is proposed."),
      Parameter(
        "good_share", .number(min: 0.01, max: 0.5), default: 0.15,
        "Share of the observations that counts as good."),
      Parameter(
        "random_share", .number(min: 0, max: 1), default: 0.333,
        "Share of the candidates drawn at random throughout."),
    ],
    make: {
      BOHB(
        points: $0.points, objectives: $0.objectives, draws: $0.parameters.integer("draws"),
        share: $0.parameters.number("good_share"),
        randomShare: $0.parameters.number("random_share"), seed: $0.seed)
    },
    restore: { try BOHB.restored(from: $1) })

  package mutating func propose() throws -> Candidate? {
    var generator = history.generator(seed: seed)
    let isRandom = generator.unit() < randomShare
    let candidate: Candidate
    if !isRandom, let model = model() {
      candidate = Candidate(draw(model.good, model.bad, using: &generator))
    } else {
      candidate = Candidate(history.fresh(in: points, using: &generator), isRandom: true)
    }
    history.propose(candidate.genotype)
    return candidate
  }

  package mutating func observe(_ trial: Trial) throws {
    let merit = aims.merit(trial)
    history.observe(trial.candidate.genotype, merit)
    fidelities.observe(trial, merit, record: history.records.count - 1)
  }

  /// Densities of good and bad candidates; nil while no fidelity has enough of both.
  private func model() -> (good: CategoricalDensity, bad: CategoricalDensity)? {
    let least = points.count + 1
    for ranking in fidelities.rankings(least: 2 * least) {
      let good = max(least, Int(share * Double(ranking.count)))
      guard ranking.count - good >= least else { continue }
      let genotypes = ranking.map { history.records[$0].genotype }
      return (
        CategoricalDensity(Array(genotypes.prefix(good)), points: points),
        CategoricalDensity(Array(genotypes.dropFirst(good)), points: points)
      )
    }
    return nil
  }

  private func draw(
    _ good: CategoricalDensity, _ bad: CategoricalDensity, using generator: inout SeededGenerator
  ) -> Genotype {
    var best: (genotype: Genotype, gain: Double)?
    for _ in 0..<draws {
      let draw = good.draw(using: &generator)
      guard !history.contains(draw) else { continue }
      let gain = good.density(draw) / max(bad.density(draw), 1e-32)
      if gain > best?.gain ?? -.infinity { best = (draw, gain) }
    }
    return best?.genotype
      ?? Pool.candidates(
        draws, random: 0, parents: good.centres, history: history, points: points,
        using: &generator)[0]
  }
}
