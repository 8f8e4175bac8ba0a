package import Domain

/// Aging evolution: the best of a random sample has a child with one decision changed, and the oldest
/// member leaves, however good it is.
///
/// The first `population` proposals are random; after them every proposal draws its parent from those
/// observed so far, so that it also works while many trials are in flight. Age is the order of
/// observation. A trial that is infeasible, diverged or failed is a member like any other, the worst; a
/// pruned one is worse than every completed one. Trials that break a limit lose to those that keep it,
/// the lesser sinner first; several objectives are weighed against each other anew, at random, for
/// every tournament.
///
/// With inherited weights a child names its parent, whose surviving tensors it trains on with; one in
/// eleven children is its parent, trained on, and one its parent begun anew. A long-lived lineage then
/// trained for longer: `cumulative_samples` tells for how long.
///
/// - Source: Real et al. 2018, arXiv:1802.01548, algorithm 1; population 10, sample 3 as in NATS-Bench;
///   weight inheritance and its mutations Real et al. 2017, arXiv:1703.01041, §3.2 and 3.4.
/// - Departs: one decision of the space takes a different value, there is no hidden-state mutation; the
///   identity mutation is off unless asked for, as it helps only where the same trial measures anew.
package struct RegularizedEvolution: SearchStrategy {
  /// One evaluated candidate in the queue.
  package struct Member: Codable, Hashable, Sendable {
    package let genotype: Genotype
    package let merit: Merit
    /// The first objective's value; nil where the trial did not complete within all limits.
    package var reward: Double? { merit.reward }
    /// The trial whose weights a child may inherit; nil where there are none.
    package var trial: Int?
  }

  /// Mutations of the large-scale variant; two of them keep the genotype.
  private static let mutations = 11

  /// The queue, oldest first.
  package private(set) var population: [Member] = []
  private let points: [DecisionPoint]
  private let aims: Aims
  private let seed: UInt64
  private let size: Int
  private let sample: Int
  private let identity: Double
  private let inheritsWeights: Bool
  private var proposed = 0

  package init(
    points: [DecisionPoint], objectives: [Objective], population size: Int, sample: Int,
    identity: Double = 0, inheritsWeights: Bool = false, seed: UInt64
  ) {
    self.points = points
    aims = Aims(objectives)
    self.size = size
    self.sample = sample
    self.identity = identity
    self.inheritsWeights = inheritsWeights
    self.seed = seed
  }

  package static let entry = StrategyEntry(
    id: "regularized-evolution",
    summary: "Aging evolution: mutate the best of a random sample, remove the oldest.",
    paper: "Real et al. 2018, arXiv:1802.01548",
    parameters: [
      Parameter(
        "population", .integer(min: 1, max: 1000), default: 10,
        "Members kept; at most a fifth of the trials is wise."),
      Parameter(
        "sample", .integer(min: 1, max: 1000), default: 3,
        "Members drawn, with replacement, of which the best is the parent."),
      Parameter(
        "identity", .number(min: 0, max: 0.5), default: 0,
        "How often a child is its parent once more, to tell luck from merit (published: 0.05)."),
      Parameter(
        "inherit_weights", .boolean, default: false,
        "Whether a child trains on with what fits of its parent's weights."),
    ],
    honoursObjectives: true,
    make: {
      RegularizedEvolution(
        points: $0.points, objectives: $0.objectives,
        population: $0.parameters.integer("population"), sample: $0.parameters.integer("sample"),
        identity: $0.parameters.number("identity"),
        inheritsWeights: $0.parameters.flag("inherit_weights"), seed: $0.seed)
    },
    restore: { try RegularizedEvolution.restored(from: $1) })

  package mutating func propose() throws -> Candidate? {
    proposed += 1
    var generator = SeededGenerator(jobSeed: seed, trial: proposed, purpose: .proposal)
    guard proposed > size, let parent = select(using: &generator) else {
      return Candidate(.random(in: points, using: &generator), isRandom: true)
    }
    if identity > 0, generator.unit() < identity {
      return Candidate(parent.genotype, isReevaluation: true)
    }
    if inheritsWeights {
      switch generator.below(RegularizedEvolution.mutations) {
      case 0: return Candidate(parent.genotype, parent: parent.trial)
      case 1: return Candidate(parent.genotype, isReevaluation: true)
      default: break
      }
    }
    // A space of one genotype has no mutation; then the parent is all there is.
    let child = parent.genotype.mutated(in: points, using: &generator)
    return Candidate(
      child ?? parent.genotype, parent: inheritsWeights ? parent.trial : nil)
  }

  package var possibleParents: Set<Int> {
    inheritsWeights ? Set(population.compactMap(\.trial)) : []
  }

  package mutating func skipStart() {
    proposed += 1
  }

  package mutating func observe(_ trial: Trial) throws {
    population.append(
      Member(
        genotype: trial.candidate.genotype, merit: aims.merit(trial),
        trial: trial.state == .completed ? trial.number : nil))
    if population.count > size { population.removeFirst(population.count - size) }
  }

  /// The best of a sample drawn with replacement; the first drawn wins a tie; nil: nobody is there.
  package func select(using generator: inout SeededGenerator) -> Member? {
    guard !population.isEmpty else { return nil }
    let merits = Merit.scalarised(population.map(\.merit), using: &generator)
    let places = Merit.places(merits)
    var best = generator.below(population.count)
    for _ in 1..<max(1, sample) {
      let rival = generator.below(population.count)
      if places[rival] < places[best] { best = rival }
    }
    return population[best]
  }
}
