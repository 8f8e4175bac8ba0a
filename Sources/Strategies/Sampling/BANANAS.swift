package import Domain

/// BANANAS: an ensemble of predictors learns the ranks of what was tried; of mutations of the best
/// candidates those come next that win independent Thompson sampling.
///
/// After `starts` random candidates the ensemble is trained anew for every `batch` proposals. Every
/// candidate of the pool draws a score from the normal distribution with its predictions' mean and
/// deviation, and the highest draws are proposed. Nothing is proposed twice while the space holds
/// something new. Pruned trials are left out.
///
/// - Source: White, Neiswanger & Savani 2021, arXiv:1910.11858, algorithm 1.
/// - Departs: decisions are one-hot, without paths, which most spaces do not have; scores are ranks; the
///   default predictor is a ridge regression on decisions and their pairs, fitted to bootstrap samples,
///   because small networks cost some seventy times as much.
package struct BANANAS: SearchStrategy {
  private let points: [DecisionPoint]
  private let aims: Aims
  private let starts: Int
  private let batch: Int
  private let pool: Int
  private let parents: Int
  private let predictor: Predictor
  private let seed: UInt64
  private var history = History()
  /// Chosen and not proposed yet, next one last.
  private var queue: [Genotype] = []
  /// The planned network; planned anew where it is missing.
  private var networks: NetworkEnsemble?

  private enum CodingKeys: String, CodingKey {
    case points, aims, starts, batch, pool, parents, predictor, seed, history, queue
  }

  /// What predicts scores.
  package enum Predictor: String, Codable, Sendable, CaseIterable {
    /// Ridge regressions on bootstrap samples.
    case ridge
    /// Small networks, trained by the engine.
    case mlp
  }

  package init(
    points: [DecisionPoint], objectives: [Objective], starts: Int, batch: Int, pool: Int,
    parents: Int, predictor: Predictor, seed: UInt64
  ) {
    self.points = points
    aims = Aims(objectives)
    self.starts = starts
    self.batch = batch
    self.pool = pool
    self.parents = parents
    self.predictor = predictor
    self.seed = seed
  }

  package static let entry = StrategyEntry(
    id: "bananas",
    summary: "An ensemble of predictors picks among mutations of the best candidates.",
    paper: "White, Neiswanger & Savani 2021, arXiv:1910.11858",
    parameters: [
      Parameter("starts", .integer(min: 2, max: 1000), default: 10, "Random candidates first."),
      Parameter(
        "batch", .integer(min: 1, max: 100), default: 2,
        "Proposals for which the ensemble is trained once (published: 10)."),
      Parameter(
        "pool", .integer(min: 1, max: 2000), default: 100,
        "New candidates, of which the best predicted are proposed."),
      Parameter(
        "parents", .integer(min: 1, max: 1000), default: 5,
        "The best candidates, whose mutations make up nine tenths of the pool."),
      Parameter(
        "predictor", .choice(Predictor.allCases.map(\.rawValue)), default: "ridge",
        "Ridge regressions on bootstrap samples, or small networks trained by the engine."),
    ],
    make: {
      BANANAS(
        points: $0.points, objectives: $0.objectives, starts: $0.parameters.integer("starts"),
        batch: $0.parameters.integer("batch"), pool: $0.parameters.integer("pool"),
        parents: $0.parameters.integer("parents"),
        predictor: Predictor(rawValue: $0.parameters.word("predictor")) ?? .ridge, seed: $0.seed)
    },
    restore: { try BANANAS.restored(from: $1) })

  package mutating func propose() throws -> Candidate? {
    var generator = history.generator(seed: seed)
    let candidate: Candidate
    // A trial that is not this strategy's own may have tried a queued genotype meanwhile.
    while let last = queue.last, history.contains(last) { queue.removeLast() }
    if queue.isEmpty, history.proposed >= starts { try choose(using: &generator) }
    if let next = queue.popLast() {
      candidate = Candidate(next)
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

  /// Trains the ensemble and fills the queue.
  private mutating func choose(using generator: inout SeededGenerator) throws {
    let used = history.learnable
    guard used.count > 1 else { return }
    let merits = used.map(\.merit)
    let places = Merit.places(merits)
    let ranking = used.indices.sorted { (places[$0], $0) < (places[$1], $1) }
    let candidates = Pool.candidates(
      pool, random: pool / 10, parents: ranking.prefix(parents).map { used[$0].genotype },
      history: history, points: points, using: &generator)
    let predictions: [[Double]]
    switch predictor {
    case .ridge:
      predictions = RidgeEnsemble.predict(
        candidates, from: used.map(\.genotype), scores: NormalScores.scores(merits),
        using: &generator)
    case .mlp:
      let networks = try self.networks ?? NetworkEnsemble(points)
      self.networks = networks
      predictions = try networks.predict(
        candidates, from: used.map(\.genotype), scores: NormalScores.scores(merits),
        seed: generator.next())
    }
    let draws = candidates.indices.map { index in
      let values = predictions.map { $0[index] }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance =
        values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1))
      return mean + variance.squareRoot() * StandardNormal.draw(using: &generator)
    }
    let order = candidates.indices.sorted { (-draws[$0], $0) < (-draws[$1], $1) }
    queue = order.prefix(batch).reversed().map { candidates[$0] }
  }
}
