package import Domain

/// NSGA-II: a population that keeps its best fronts, spread out along each.
///
/// The first `population` proposals are random. Parents win a binary tournament on front and crowding
/// distance; a child takes every decision from one of two parents, then may change one. As soon as as
/// many children as the population holds were observed, parents and children are merged and cut back;
/// while trials are in flight, parents stay what they are. Limits come first: of two that break them
/// the lesser sinner is better. Pruned trials are worse than every completed one. A known genotype is
/// not proposed again while the space holds something new.
///
/// - Source: Deb et al. 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II"; for
///   architectures Lu et al. 2019, arXiv:1810.03522.
package struct NSGA2: SearchStrategy {
  /// One evaluated candidate.
  package struct Member: Codable, Hashable, Sendable {
    package let genotype: Genotype
    /// nil: it did not complete; worse than every point.
    package let point: Pareto.Point?
    /// Pruned: worse than completed, better than failed.
    package let wasStopped: Bool
  }

  /// The population, best front first.
  package private(set) var population: [Member] = []
  private let points: [DecisionPoint]
  private let objectives: [Objective]
  private let size: Int
  private let mutation: Double
  private let seed: UInt64
  /// Observed since the population was last renewed.
  private var children: [Member] = []
  private var history = History()

  package init(
    points: [DecisionPoint], objectives: [Objective], population size: Int, mutation: Double,
    seed: UInt64
  ) {
    self.points = points
    self.objectives = objectives.isEmpty ? [Objective(.accuracy, .maximise)] : objectives
    self.size = size
    self.mutation = mutation
    self.seed = seed
  }

  package static let entry = StrategyEntry(
    id: "nsga2",
    summary: "NSGA-II: evolves a whole front of trade-offs between several objectives.",
    paper: "Deb et al. 2002; Lu et al. 2019, arXiv:1810.03522",
    parameters: [
      Parameter(
        "population", .integer(min: 2, max: 1000), default: 16, "Members kept, children each round."
      ),
      Parameter(
        "mutation", .number(min: 0, max: 1), default: 0.8,
        "How likely a child changes one decision after crossing."),
    ],
    honoursObjectives: true,
    make: {
      NSGA2(
        points: $0.points, objectives: $0.objectives,
        population: $0.parameters.integer("population"),
        mutation: $0.parameters.number("mutation"), seed: $0.seed)
    },
    restore: { try NSGA2.restored(from: $1) })

  package mutating func propose() throws -> Candidate? {
    var generator = history.generator(seed: seed)
    let candidate: Candidate
    if population.isEmpty {
      candidate = Candidate(history.fresh(in: points, using: &generator), isRandom: true)
    } else {
      candidate = Candidate(child(using: &generator))
    }
    history.propose(candidate.genotype)
    return candidate
  }

  package mutating func observe(_ trial: Trial) throws {
    history.observe(trial.candidate.genotype, .none)
    children.append(
      Member(
        genotype: trial.candidate.genotype, point: Pareto.Point(trial, objectives),
        wasStopped: trial.state == .stoppedEarly))
    guard children.count >= size else { return }
    var seen: Set<Genotype> = []
    let merged = (population + children).filter { seen.insert($0.genotype).inserted }
    population = NSGA2.order(merged).prefix(size).map { merged[$0] }
    children = []
  }

  private func child(using generator: inout SeededGenerator) -> Genotype {
    var rank = [Int](repeating: 0, count: population.count)
    for (place, index) in NSGA2.order(population).enumerated() { rank[index] = place }
    func parent() -> Genotype {
      let first = generator.below(population.count)
      let second = generator.below(population.count)
      return population[rank[first] <= rank[second] ? first : second].genotype
    }
    for _ in 0..<20 {
      let mother = parent()
      let father = parent()
      var child = Genotype.crossed(mother, father, in: points, using: &generator)
      if generator.unit() < mutation {
        child = child.mutated(in: points, using: &generator) ?? child
      }
      if !history.contains(child) { return child }
    }
    return Pool.candidates(
      1, random: 0, parents: [parent()], history: history, points: points, using: &generator)[0]
  }

  /// Indices from best to worst: by front, inside a front the least crowded first; then the pruned, then
  /// what has no result.
  private static func order(_ members: [Member]) -> [Int] {
    let measured = members.indices.filter { members[$0].point != nil }
    let points = measured.compactMap { members[$0].point }
    var order: [Int] = []
    for front in Pareto.fronts(points) {
      let crowding = Pareto.crowding(front, of: points)
      let places = front.indices.sorted { (-crowding[$0], $0) < (-crowding[$1], $1) }
      order += places.map { measured[front[$0]] }
    }
    let rest = members.indices.filter { members[$0].point == nil }
    return order + rest.filter { members[$0].wasStopped } + rest.filter { !members[$0].wasStopped }
  }
}
