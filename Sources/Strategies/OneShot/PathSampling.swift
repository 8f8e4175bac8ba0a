internal import Architectures
package import Domain
package import Training

/// Trains one drawn path a step, then looks for the path that the shared weights rate best.
///
/// Drawn uniformly, this is random search with parameter sharing; drawn fairly, so that in any few
/// steps every value of every point is trained equally often, and searched by aging evolution, it is
/// single-path one-shot. With `split`, the values of one decision point are dealt out among supernets that
/// share no weights.
///
/// - Source: Li & Talwalkar 2019, arXiv:1902.07638, §3.2; Guo et al. 2020, arXiv:1904.00420, §3; fair
///   sampling: Chu et al. 2021, arXiv:1907.01845, §3; splits: Zhao et al. 2021, arXiv:2006.06863, §3.
/// - Departs: fair paths are stepped on one after the other, not summed into one step.
package struct PathSampling: SupernetSearch {
  package enum Drawing: String, Codable, Hashable, Sendable, CaseIterable {
    case uniform, fair
  }

  package let settings: SharedWeights.Settings
  private let rate: WeightRate
  let drawing: Drawing
  private let evolves: Bool
  private let samples: Int
  private let scoreBatches: Int
  private let tuning: PathTuning
  /// The point whose values are dealt out, and those that are this supernet's.
  private let part: PathPart?

  package init(_ points: [DecisionPoint], _ parameters: Parameters, round: Int, evolves: Bool) {
    var settings = OneShotParameters.settings(parameters, isAffine: true, nesterov: true)
    settings.statistics =
      SharedWeights.Statistics(rawValue: parameters.word("statistics")) ?? .batch
    self.settings = settings
    rate = WeightRate(base: parameters.number("learning_rate"))
    drawing = Drawing(rawValue: parameters.word("sampling")) ?? .uniform
    self.evolves = evolves
    samples = parameters.integer("samples")
    scoreBatches = parameters.integer("score_batches")
    tuning = PathTuning(parameters)
    part = PathPart(points, splits: parameters.integer("splits"), round: round)
  }

  package func draw(
    _ shared: SharedWeights, using generator: inout SeededGenerator
  ) -> Genotype {
    let genotype = Genotype.random(in: shared.space.points, using: &generator)
    return part?.restricted(genotype, shared.space.points, using: &generator) ?? genotype
  }

  /// Whether this supernet has a genotype's weights.
  package func holds(_ genotype: Genotype) -> Bool { part?.holds(genotype) ?? true }

  /// What a path scores on all validation rows, after the short training that was asked for.
  package func tunedScore(_ genotype: Genotype, on shared: SharedWeights) throws -> Score {
    guard tuning.isOn else { return try shared.score(genotype, by: settings.statistics) }
    return try tuning.score(genotype, on: shared)
  }

  package mutating func advance(
    _ shared: SharedWeights, epoch: Int, of epochs: Int
  ) throws -> [String: Double?] {
    var generator = SeededGenerator(jobSeed: shared.seed, purpose: .path, step: epoch)
    var score = Score()
    let steps = shared.samples.stepsPerEpoch
    let points = shared.space.points
    var fair = FairPaths(
      points,
      values: points.indices.map { part?.values(of: $0) ?? Array(points[$0].values.indices) })
    var done = 0
    while done < steps {
      let paths =
        drawing == .fair
        ? fair.next(using: &generator) : [draw(shared, using: &generator)]
      for path in paths {
        try shared.choose(path)
        score.add(
          try shared.learn(
            rate: rate.rate(step: epoch * steps + min(done, steps - 1), of: epochs * steps)))
        done += 1
      }
    }
    return [
      MetricName.trainLoss: score.lossSum.isFinite ? score.loss : nil,
      MetricName.trainAccuracy: score.accuracy,
    ]
  }

  package func answers(_ shared: SharedWeights) throws -> [ScoredGenotype] {
    var generator = SeededGenerator(jobSeed: shared.seed, purpose: .proposal)
    var found: [Genotype: ScoredGenotype] = [:]
    func score(_ genotype: Genotype) throws -> ScoredGenotype {
      if let known = found[genotype] { return known }
      let scored = ScoredGenotype(
        genotype,
        try shared.score(genotype, batches: scoreBatches, by: settings.statistics))
      found[genotype] = scored
      return scored
    }
    var order: [ScoredGenotype] = []
    var population: [ScoredGenotype] = []
    for number in 0..<samples where number == 0 || !shared.isLate() {
      var genotype = draw(shared, using: &generator)
      if evolves, number >= PathSampling.population {
        let parents = (0..<PathSampling.tournament).map { _ in
          population[generator.below(population.count)]
        }
        let parent = parents.min(by: ScoredGenotype.isBetter) ?? parents[0]
        let child = parent.genotype.mutated(in: shared.space.points, using: &generator) ?? genotype
        genotype =
          part?.restricted(child, shared.space.points, using: &generator) ?? child
      }
      let isNew = found[genotype] == nil
      let scored = try score(genotype)
      if isNew { order.append(scored) }
      population.append(scored)
      if population.count > PathSampling.population { population.removeFirst() }
    }
    let best = order.stablySorted(by: ScoredGenotype.isBetter)
      .prefix(max(4 * settings.answers, PathSampling.rescored))
    let scored = try best.map {
      ScoredGenotype(
        $0.genotype, try shared.score($0.genotype, by: settings.statistics))
    }
    return try tuning.ranked(scored.stablySorted(by: ScoredGenotype.isBetter), on: shared)
  }

  private static let population = 20
  private static let tournament = 5
  /// Candidates scored again on all validation rows.
  private static let rescored = 10
}

extension PathSampling {
  private static func parameters(
    sampling: Drawing, samples: Int
  ) -> [Parameter] {
    OneShotParameters.of(epochs: 30, learningRate: 0.05, rounds: nil, answers: 3) + [
      Parameter(
        "sampling", .choice(Drawing.allCases.map(\.rawValue)), default: .string(sampling.rawValue),
        "How training draws paths: uniform, or fair, every value of every point equally often."),
      Parameter(
        "samples", .integer(min: 1, max: 100_000), default: .number(Double(samples)),
        "Paths scored to find the best."),
      Parameter(
        "score_batches", .integer(min: 1, max: 10_000), default: 3,
        "Validation batches of a path's first score; the best are scored on all rows."),
      Parameter(
        "statistics", .choice(SharedWeights.Statistics.allCases.map(\.rawValue)),
        default: "batch",
        "Batch norm of a path that is scored: by its batch, by running statistics that all paths share, "
          + "or by running ones recalibrated for each path."),
      Parameter(
        "splits", .integer(min: 1, max: 8), default: 1,
        "Supernets among which the values of one decision point are dealt out (few-shot); 1: one for "
          + "all."),
    ] + PathTuning.parameters
  }

  private static func entry(
    id: String, summary: String, paper: String, sampling: Drawing, samples: Int
  ) -> StrategyEntry {
    StrategyEntry(
      id: id, summary: summary, paper: paper,
      parameters: parameters(sampling: sampling, samples: samples),
      homeSpace: "nasbench201-cell", spaces: OneShotRegistry.spaces,
      supernets: { max(1, $0.integer("splits")) },
      make: { SharedWeightsStrategy($0, isSplit: $0.parameters.integer("splits") > 1) },
      restore: { try SharedWeightsStrategy.restored(from: $1) })
  }

  package static let randomSharing = entry(
    id: "random-sharing",
    summary: "Random search with shared weights: one uniform path a step, the best of many draws.",
    paper: "Li & Talwalkar 2019, arXiv:1902.07638", sampling: .uniform, samples: 200)

  package static let singlePath = entry(
    id: "single-path",
    summary: "Single-path one-shot: fairly drawn paths, then evolution on the shared weights.",
    paper: "Guo et al. 2020, arXiv:1904.00420; Chu et al. 2021, arXiv:1907.01845",
    sampling: .fair, samples: 400)
}
