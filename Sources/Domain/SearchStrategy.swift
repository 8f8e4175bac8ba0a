/// A sampling search: asked for candidates, told of finished trials.
///
/// Synchronous, seeded, a plain value. Saving it (it is Codable), restoring it and continuing equals never having stopped.
package protocol SearchStrategy: Codable, Sendable {
  /// The next candidate; nil when it needs more observations first.
  ///
  /// - Throws: `SpaceError` when the strategy cannot go on, which fails the job.
  mutating func propose() throws -> Candidate?

  /// Takes a finished trial in, whatever its end.
  mutating func observe(_ trial: Trial) throws

  /// Takes in what a supernet of its own brought; all are told, in order of round, before the first
  /// proposal.
  mutating func observe(_ run: SupernetRun) throws

  /// Makes one random start fewer: a candidate from outside, observed like any, takes its place.
  ///
  /// A strategy without random starts has nothing to leave out.
  mutating func skipStart()

  /// Numbers of observed trials that a later proposal may name as parent: their weights are kept.
  var possibleParents: Set<Int> { get }
}

extension SearchStrategy {
  package var possibleParents: Set<Int> { [] }

  package mutating func observe(_ run: SupernetRun) throws {}

  package mutating func skipStart() {}
}

/// What a strategy is made from: the space's points, its checked parameters and the job's seed.
package struct StrategyContext: Sendable {
  package let points: [DecisionPoint]
  package let parameters: Parameters
  package let objectives: [Objective]
  package let seed: UInt64
  /// Trials the job may run, where its budget says so; schedules are stretched to it.
  package let trials: Int?

  package init(
    points: [DecisionPoint], parameters: Parameters, objectives: [Objective], seed: UInt64,
    trials: Int? = nil
  ) {
    self.points = points
    self.parameters = parameters
    self.objectives = objectives
    self.seed = seed
    self.trials = trials
  }
}

/// A strategy as the registry lists it.
package struct StrategyEntry: RegistryEntry {
  package let id: String
  package let summary: String
  package let paper: String
  package let parameters: [Parameter]
  /// The space of a job that names this strategy and no space; nil: as for any strategy.
  package let homeSpace: String?
  /// The spaces it runs on; nil: every one.
  package let spaces: [String]?
  /// True where limits, and objectives besides the first, change what it proposes; the others take one
  /// objective without a limit.
  package let honoursObjectives: Bool
  /// How many supernets a job trains before the first proposal, where the strategy ranks by shared
  /// weights; nil: it trains every candidate alone.
  package let supernets: (@Sendable (Parameters) -> Int)?
  /// Makes a fresh strategy; throws `ServiceError` where parameters contradict each other.
  package let make: @Sendable (StrategyContext) throws -> any SearchStrategy
  /// Reads a strategy back from the JSON it encoded itself to.
  package let restore: @Sendable (StrategyContext, [UInt8]) throws -> any SearchStrategy

  package init(
    id: String, summary: String, paper: String, parameters: [Parameter], homeSpace: String? = nil,
    spaces: [String]? = nil, honoursObjectives: Bool = false,
    supernets: (@Sendable (Parameters) -> Int)? = nil,
    make: @escaping @Sendable (StrategyContext) throws -> any SearchStrategy,
    restore: @escaping @Sendable (StrategyContext, [UInt8]) throws -> any SearchStrategy
  ) {
    self.id = id
    self.summary = summary
    self.paper = paper
    self.parameters = parameters
    self.homeSpace = homeSpace
    self.spaces = spaces
    self.honoursObjectives = honoursObjectives
    self.supernets = supernets
    self.make = make
    self.restore = restore
  }
}
