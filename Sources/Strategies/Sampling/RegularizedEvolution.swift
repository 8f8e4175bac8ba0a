package import Domain

/// Aging evolution: the best of a random sample has a child with one decision changed, and the oldest
/// member leaves, however good it is.
///
/// The first `population` proposals are random; after them every proposal draws its parent from those
/// observed so far, so that it also works while many trials are in flight. Age is the order of
/// observation. A trial that is infeasible, diverged or failed is a member like any other, the worst.
///
/// - Source: Real et al. 2018, arXiv:1802.01548, algorithm 1; population 10, sample 3 as in NATS-Bench.
/// - Departs: no hidden-state or identity mutation; one decision of the space takes a different value.
package struct RegularizedEvolution: SearchStrategy {
  /// One evaluated candidate in the queue.
  package struct Member: Codable, Hashable, Sendable {
    package let genotype: Genotype
    /// nil is worse than any number.
    package let reward: Double?
  }

  /// The queue, oldest first.
  package private(set) var population: [Member] = []
  private let points: [DecisionPoint]
  private let reward: Reward
  private let seed: UInt64
  private let size: Int
  private let sample: Int
  private var proposed = 0

  package init(
    points: [DecisionPoint], objectives: [Objective], population size: Int, sample: Int,
    seed: UInt64
  ) {
    self.points = points
    reward = Reward(objectives)
    self.size = size
    self.sample = sample
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
    ],
    make: {
      RegularizedEvolution(
        points: $0.points, objectives: $0.objectives,
        population: $0.parameters.integer("population"), sample: $0.parameters.integer("sample"),
        seed: $0.seed)
    },
    restore: { try RegularizedEvolution.restored(from: $1) })

  package mutating func propose() throws -> Candidate? {
    proposed += 1
    var generator = SeededGenerator(jobSeed: seed, trial: proposed, purpose: .proposal)
    guard proposed > size, let parent = select(using: &generator) else {
      return Candidate(.random(in: points, using: &generator), isRandom: true)
    }
    // A space of one genotype has no mutation; then the parent is all there is.
    let child = parent.genotype.mutated(in: points, using: &generator)
    return Candidate(child ?? parent.genotype)
  }

  package mutating func observe(_ trial: Trial) throws {
    population.append(Member(genotype: trial.candidate.genotype, reward: reward(trial)))
    if population.count > size { population.removeFirst(population.count - size) }
  }

  /// The best of a sample drawn with replacement; the first drawn wins a tie; nil: nobody is there.
  package func select(using generator: inout SeededGenerator) -> Member? {
    guard !population.isEmpty else { return nil }
    var best = population[generator.below(population.count)]
    for _ in 1..<max(1, sample) {
      let rival = population[generator.below(population.count)]
      if RegularizedEvolution.isBetter(rival, than: best) { best = rival }
    }
    return best
  }

  private static func isBetter(_ member: Member, than other: Member) -> Bool {
    guard let value = member.reward else { return false }
    guard let rival = other.reward else { return true }
    return value > rival
  }
}
