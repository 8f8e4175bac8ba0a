internal import Domain
internal import FoundationEssentials

/// A job's strategy on an actor of its own, so that one that computes for long blocks nothing else.
actor StrategySession {
  private var strategy: any SearchStrategy
  private let space: any SearchSpace
  private let catalog: Catalog
  private let choice: ComponentChoice
  private let content: DatasetContent
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
    let context = StrategyContext(
      points: space.points, parameters: parameters, objectives: request.objectives,
      seed: UInt64(max(0, request.seed)), trials: request.budget.maxTrials)
    strategy = try saved.map { try entry.restore(context, $0) } ?? entry.make(context)
    self.catalog = catalog
    self.content = content
    choice = request.space
    encoder.outputFormatting = .sortedKeys
  }

  /// Lets the strategy take a trial in, then propose up to `wanted` candidates.
  ///
  /// - Throws: what the strategy throws; the job cannot go on then.
  func consult(observe trial: Trial?, wanted: Int) throws -> Consultation {
    if let trial { try strategy.observe(trial) }
    var drafts: [Consultation.Draft] = []
    while drafts.count < wanted, let candidate = try strategy.propose() {
      drafts.append(draft(candidate))
    }
    return Consultation(
      drafts: drafts, isDry: drafts.count < wanted,
      strategyState: Array(try encoder.encode(strategy)))
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
