internal import Domain
internal import FoundationEssentials

/// A job's strategy on an actor of its own, so that one that computes for long blocks nothing else.
actor StrategySession {
  private var strategy: any SearchStrategy
  private let space: any SearchSpace
  private let catalog: Catalog
  private let choice: ComponentChoice
  private let content: DatasetContent
  private let seed: UInt64
  private let encoder = JSONEncoder()

  /// A fresh strategy, or the one that was saved.
  ///
  /// - Throws: `SpaceError`, `ServiceError` or `DecodingError` when the job's choices are not, or no
  ///   longer, what the registries know.
  init(
    request: JobRequest, content: DatasetContent, catalog: Catalog, saved: [UInt8]?
  ) throws {
    guard let entry = catalog.strategies[request.strategy.name] else {
      throw ServiceError(
        .unavailable,
        "no strategy '\(request.strategy.name)'; known are "
          + catalog.strategies.ids.joined(separator: ", "))
    }
    var faults: [Fault] = []
    let parameters = Parameters(
      request.strategy.params, for: entry.parameters, at: "/strategy/params", faults: &faults)
    guard faults.isEmpty else {
      throw ServiceError(.validation, "the strategy's parameters are not valid", faults: faults)
    }
    space = try catalog.space(request.space)
    seed = UInt64(max(0, request.seed))
    let context = StrategyContext(
      points: space.points, parameters: parameters, objectives: request.objectives,
      seed: seed, trials: request.budget.maxTrials)
    strategy = try saved.map { try entry.restore(context, $0) } ?? entry.make(context)
    self.catalog = catalog
    self.content = content
    choice = request.space
    encoder.outputFormatting = .sortedKeys
  }

  /// Lets the strategy take a trial in, then gives a candidate where one is wanted.
  ///
  /// - Throws: what the strategy throws; the job cannot go on then.
  func consult(observe trial: Trial?, draw: Draw?) throws -> Consultation {
    if let trial { try strategy.observe(trial) }
    let candidate = try draw.flatMap { try self.candidate($0) }
    return Consultation(
      draft: candidate.map(draft), isDry: draw != nil && candidate == nil,
      strategyState: Array(try encoder.encode(strategy)),
      possibleParents: strategy.possibleParents)
  }

  /// Lets the strategy take in what its supernets brought.
  ///
  /// - Throws: what the strategy throws; the job cannot go on then.
  func tell(_ runs: [SupernetRun]) throws -> Consultation {
    for run in runs { try strategy.observe(run) }
    return Consultation(
      draft: nil, isDry: false, strategyState: Array(try encoder.encode(strategy)),
      possibleParents: strategy.possibleParents)
  }

  private func candidate(_ draw: Draw) throws -> Candidate? {
    let number: Int
    switch draw {
    case .strategy: return try strategy.propose()
    case .given(let genotype):
      strategy.skipStart()
      return Candidate(genotype)
    case .random(let trial): number = trial
    }
    var generator = SeededGenerator(jobSeed: seed, trial: number, purpose: .control)
    return Candidate(.random(in: space.points, using: &generator), isRandom: true)
  }

  /// Decodes a candidate; one that is no network on this data is infeasible, not an error.
  private func draft(_ candidate: Candidate) -> Consultation.Draft {
    let genotype = candidate.genotype
    do {
      let architecture = try catalog.decode(choice, genotype, content.shape, content.classes.count)
      return Consultation.Draft(
        candidate: candidate, code: architecture.code, fingerprint: architecture.fingerprint,
        parameters: architecture.parameters, macs: architecture.macs, fault: nil)
    } catch {
      let isWhole = genotype.decisions.count == space.points.count
      let plain = genotype.decisions.map { $0.map(String.init) ?? "-" }.joined(separator: ",")
      return Consultation.Draft(
        candidate: candidate, code: isWhole ? space.code(of: genotype) : plain, fingerprint: nil,
        parameters: nil, macs: nil, fault: "\(error)")
    }
  }
}
