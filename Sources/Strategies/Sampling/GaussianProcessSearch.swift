package import Domain

/// Bayesian optimisation: a Gaussian process over genotypes learns the ranks of what was tried, and the
/// candidate with the highest upper confidence bound comes next.
///
/// Scores are ranks turned into normal quantiles. The kernel falls with the number of differing
/// decisions; each decision's weight is fitted by the likelihood of the scores, anew as trials come in.
/// Trials in flight count as tried with the score that is expected of them, so that a batch spreads
/// out. Candidates are mutations of the best and random draws. Nothing is proposed twice while the
/// space holds something new. Several objectives are weighed against each other anew, at random, for
/// every proposal; trials that break a limit rank below those that keep it, pruned ones are left out.
///
/// - Source: Srinivas et al. 2010, arXiv:0912.3995 (upper confidence bound); Ru et al. 2021,
///   arXiv:2006.07556 (Gaussian processes for architectures); Knowles 2006, "ParEGO" (several
///   objectives).
/// - Departs: a kernel on decisions in place of graphs.
package struct GaussianProcessSearch: SearchStrategy {
  private let points: [DecisionPoint]
  private let aims: Aims
  private let starts: Int
  private let pool: Int
  private let parents: Int
  private let exploration: Double
  private let seed: UInt64
  private var history = History()
  private var fit: GaussianProcess.Fit
  /// Records the fit has seen.
  private var fitted = 0
  /// The model of the last proposal; made anew where it is missing, to the same bits.
  private var model: GaussianProcess?

  private enum CodingKeys: String, CodingKey {
    case points, aims, starts, pool, parents, exploration, seed, history, fit, fitted
  }

  package init(
    points: [DecisionPoint], objectives: [Objective], starts: Int, pool: Int, parents: Int,
    exploration: Double, seed: UInt64
  ) {
    self.points = points
    aims = Aims(objectives)
    self.starts = starts
    self.pool = pool
    self.parents = parents
    self.exploration = exploration
    self.seed = seed
    fit = GaussianProcess.expected(points)
  }

  package static let entry = StrategyEntry(
    id: "gaussian-process",
    summary: "Bayesian optimisation with a Gaussian process over the decisions.",
    paper: "Ru et al. 2021, arXiv:2006.07556",
    parameters: [
      Parameter("starts", .integer(min: 1, max: 1000), default: 10, "Random candidates first."),
      Parameter(
        "pool", .integer(min: 1, max: 2000), default: 100,
        "New candidates, of which the most promising is proposed."),
      Parameter(
        "parents", .integer(min: 1, max: 1000), default: 5,
        "The best candidates, whose mutations make up nine tenths of the pool."),
      Parameter(
        "exploration", .number(min: 0, max: 10), default: 2,
        "Standard deviations added to the expected score."),
    ],
    honoursObjectives: true,
    make: {
      GaussianProcessSearch(
        points: $0.points, objectives: $0.objectives, starts: $0.parameters.integer("starts"),
        pool: $0.parameters.integer("pool"), parents: $0.parameters.integer("parents"),
        exploration: $0.parameters.number("exploration"), seed: $0.seed)
    },
    restore: { try GaussianProcessSearch.restored(from: $1) })

  package mutating func propose() throws -> Candidate? {
    var generator = history.generator(seed: seed)
    let used = history.learnable
    guard history.proposed >= starts, used.count > 1 else {
      let draw = history.fresh(in: points, using: &generator)
      history.propose(draw)
      return Candidate(draw, isRandom: true)
    }
    let choice = best(of: used, using: &generator)
    history.propose(choice)
    return Candidate(choice)
  }

  package mutating func skipStart() {
    history.skip()
  }

  package mutating func observe(_ trial: Trial) throws {
    history.observe(trial.candidate.genotype, aims.merit(trial))
  }

  private mutating func best(
    of used: [History.Record], using generator: inout SeededGenerator
  ) -> Genotype {
    let merits = Merit.scalarised(used.map(\.merit), using: &generator)
    let scores = NormalScores.scores(merits)
    let genotypes = used.map(\.genotype)
    // Ever more rarely as the history grows: a fit costs as much as many proposals.
    if fitted == 0 || history.records.count >= fitted + max(8, fitted / 4) {
      fit = GaussianProcess.fitted(genotypes, scores: scores, points: points, from: fit)
      fitted = history.records.count
    }
    let places = Merit.places(merits)
    let ranking = used.indices.sorted { (places[$0], $0) < (places[$1], $1) }
    let candidates = Pool.candidates(
      pool, random: pool / 10, parents: ranking.prefix(parents).map { genotypes[$0] },
      history: history, points: points, using: &generator)
    var model = self.model ?? GaussianProcess(points: points, fit: fit)
    if model.fit != fit { model = GaussianProcess(points: points, fit: fit) }
    self.model = nil
    model.condition(on: genotypes + history.inFlight)
    let beliefs = model.predict(candidates, scores: scores)
    self.model = model
    var best = 0
    for index in candidates.indices {
      let bound = beliefs[index].mean + exploration * beliefs[index].deviation
      if bound > beliefs[best].mean + exploration * beliefs[best].deviation { best = index }
    }
    return candidates[best]
  }
}
