internal import Domain

/// What a job would cost, without making it.
struct EstimateController: Sendable {
  /// Networks drawn, and seconds after which no further one is measured.
  private static let draws = 12
  private static let patience = Duration.seconds(2)

  let dependencies: Dependencies
  let desk: LongWork

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
    let catalog = dependencies.catalog
    let points = try catalog.space(resolved.space).points
    let slots = max(1, await dependencies.control.capacity().slots)
    let threads = catalog.supernetThreads(resolved.strategy, slots: slots)
    let (probe, probeSupernet) = (dependencies.probe, dependencies.probeSupernet)
    let (supernet, measured) = try await desk.run(gone: request.gone) { check in
      let supernet = try threads.map { threads in
        do {
          return try probeSupernet(resolved, content, threads, check)
        } catch {
          try check()
          throw ServiceError(.validation, "no supernet can be trained on this data set: \(error)")
        }
      }
      return (supernet, try EstimateController.measure(resolved, points, content, probe, check))
    }
    let (costs, infeasible, reason) = measured
    let sharing = supernet.map { ($0, catalog.supernets(resolved.strategy)) }
    let estimate = JobEstimate(
      resolved, costs: costs, infeasible: infeasible, slots: slots, content: content,
      sharing: sharing)
    guard let estimate else {
      throw ServiceError(
        .validation,
        "none of \(infeasible) networks drawn from the space can be trained on this data set; "
          + "the last: \(reason)")
    }
    return Response(
      json: EstimateWire.json(estimate, request: try JSONValue(encoding: resolved), slots: slots))
  }

  private static func measure(
    _ request: JobRequest, _ points: [DecisionPoint], _ content: DatasetContent,
    _ probe: (JobRequest, Genotype, DatasetContent) throws -> TrialCost,
    _ check: () throws -> Void
  ) throws -> (costs: [TrialCost], infeasible: Int, reason: String) {
    var costs: [TrialCost] = []
    var infeasible = 0
    var reason = ""
    let start = ContinuousClock.now
    for draw in 0..<draws where costs.isEmpty || ContinuousClock.now - start < patience {
      try check()
      var generator = SeededGenerator(
        jobSeed: UInt64(request.seed), purpose: .sample, step: draw)
      do {
        costs.append(try probe(request, .random(in: points, using: &generator), content))
      } catch {
        infeasible += 1
        reason = "\(error)"
      }
    }
    return (costs, infeasible, reason)
  }
}
