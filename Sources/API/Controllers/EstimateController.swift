internal import Domain

/// What a job would cost, without making it.
struct EstimateController: Sendable {
  /// Networks drawn, and seconds after which no further one is measured.
  private static let draws = 12
  private static let patience = Duration.seconds(2)

  let dependencies: Dependencies
  let blocking: BlockingWork

  var routes: [Route] {
    [Route("POST", "/v1/jobs/estimate", body: .json, answer: estimate)]
  }

  private func estimate(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let body = try request.json()
    var dataset: Dataset?
    if let name = body["dataset"]?.stringValue {
      dataset = try await dependencies.datasets.dataset(name)
    }
    let resolved = try JobRequest.resolve(body, catalog: dependencies.catalog, dataset: dataset)
    guard let content = dataset?.content else {
      throw ServiceError(.validation, "the data set is not sealed")
    }
    let points = try dependencies.catalog.space(resolved.space).points
    let probe = dependencies.probe
    let (costs, infeasible) = try await blocking.run {
      EstimateController.measure(resolved, points, content, probe)
    }
    let slots = max(1, await dependencies.control.capacity().slots)
    let sharing = try await sharing(resolved, content, slots: slots)
    let estimate = JobEstimate(
      resolved, costs: costs, infeasible: infeasible, slots: slots, content: content,
      sharing: sharing)
    guard let estimate else {
      throw ServiceError(
        .validation,
        "none of \(infeasible) networks drawn from the space can be trained on this data set")
    }
    return Response(
      json: EstimateWire.json(estimate, request: try JSONValue(encoding: resolved), slots: slots))
  }

  /// What the supernets of a search on shared weights cost, and how many there are; nil for others.
  private func sharing(
    _ request: JobRequest, _ content: DatasetContent, slots: Int
  ) async throws -> (cost: SupernetCost, rounds: Int)? {
    let catalog = dependencies.catalog
    guard let threads = catalog.supernetThreads(request.strategy, slots: slots) else { return nil }
    let probe = dependencies.probeSupernet
    let cost = try await blocking.run {
      do {
        return try probe(request, content, threads)
      } catch {
        throw ServiceError(.validation, "no supernet can be trained on this data set: \(error)")
      }
    }
    return (cost, catalog.supernets(request.strategy))
  }

  private static func measure(
    _ request: JobRequest, _ points: [DecisionPoint], _ content: DatasetContent,
    _ probe: (JobRequest, Genotype, DatasetContent) throws -> TrialCost
  ) -> (costs: [TrialCost], infeasible: Int) {
    var costs: [TrialCost] = []
    var infeasible = 0
    let start = ContinuousClock.now
    for draw in 0..<draws where costs.isEmpty || ContinuousClock.now - start < patience {
      var generator = SeededGenerator(
        jobSeed: UInt64(request.seed), purpose: .sample, step: draw)
      do {
        costs.append(try probe(request, .random(in: points, using: &generator), content))
      } catch {
        infeasible += 1
      }
    }
    return (costs, infeasible)
  }
}
