internal import Domain

/// The trade-offs of a job: completed trials that no other one beats in accuracy and cost.
struct ParetoController: Sendable {
  private enum Cost: String, CaseIterable {
    case parameters, macs, latency

    var objective: Objective {
      switch self {
      case .parameters: Objective(.parameters, .minimise)
      case .macs: Objective(.macs, .minimise)
      case .latency: Objective(.latency, .minimise)
      }
    }
  }

  let dependencies: Dependencies

  var routes: [Route] {
    [Route("GET", "/v1/jobs/{id}/pareto", answer: front)]
  }

  private func front(_ request: Request) async throws -> Response {
    let job = try await dependencies.job(request["id"])
    let own = job.request.objectives.lazy.compactMap { Cost(rawValue: $0.metric.rawValue) }.first
    var reader = QueryReader(request, "cost")
    let cost = reader.word("cost", default: own ?? Cost.macs)
    try reader.finish()
    let limit = job.request.objectives.first { $0.metric == cost.objective.metric }?.limit
    let objectives = [
      Objective(.accuracy, .maximise),
      Objective(cost.objective.metric, .minimise, limit: limit),
    ]
    let measured = try await dependencies.jobs.allTrials(of: job.id).filter {
      $0.cachedFrom == nil && $0.state == .completed
    }
    let pairs = measured.compactMap { trial in
      Pareto.Point(trial, objectives).map { (trial: trial, point: $0) }
    }
    let points = pairs.map(\.point)
    let kept = points.filter { $0.violation == 0 }
    let dearest = limit ?? kept.map { -$0.values[1] }.max() ?? 0
    let volume = Pareto.hypervolume(points, reference: [0, -dearest]) ?? 0
    let front = Pareto.fronts(points).first ?? []
    let best = front.filter { points[$0].violation == 0 }.sorted {
      (-points[$0].values[1], $0) < (-points[$1].values[1], $1)
    }
    return Response(json: [
      "cost": .string(cost.rawValue),
      "reference": ["search_accuracy": 0, "cost": .number(dearest)],
      "hypervolume": .number(volume), "trials_compared": .int(points.count),
      "data": .array(
        best.map { index in
          let trial = pairs[index].trial
          return [
            "trial": .int(trial.number),
            "architecture": .text(
              trial.fingerprint.map { Identifier.architecture(job: job.id, fingerprint: $0) }),
            "search_accuracy": .number(points[index].values[0]),
            "cost": .number(-points[index].values[1]),
          ]
        }),
    ])
  }
}
