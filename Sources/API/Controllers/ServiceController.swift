internal import Domain
internal import Foundation

/// The service itself: alive, ready, counted, described.
struct ServiceController: Sendable {
  let dependencies: Dependencies
  let metrics: RequestMetrics
  /// The text of `openapi.yaml`.
  let contract: [UInt8]

  var routes: [Route] {
    [
      Route("GET", "/healthz", answer: health),
      Route("GET", "/readyz", answer: readiness),
      Route("GET", "/metrics", produces: ["text/plain"], answer: exposition),
      Route(
        "GET", "/openapi.yaml", produces: ["application/yaml", "text/yaml", "text/plain"]
      ) { [contract] request in
        try QueryReader(request).finish()
        return Response(type: "application/yaml", bytes: contract)
      },
      Route("GET", "/problems/{slug}", answer: problem),
    ]
  }

  private func health(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    return Response(json: ["status": "ok"])
  }

  private func readiness(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    var query = JobQuery()
    query.pageSize = 1
    _ = try await dependencies.jobs.jobs(query)
    let capacity = await dependencies.control.capacity()
    guard capacity.workers > 0 else {
      throw ServiceError(.unavailable, "no worker is alive")
    }
    return Response(json: [
      "status": "ready", "workers": .int(capacity.workers), "slots": .int(capacity.slots),
    ])
  }

  private func exposition(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let text = try await Exposition(
      jobs: dependencies.jobs, control: dependencies.control, requests: metrics
    ).text()
    return Response(type: "text/plain; version=0.0.4; charset=utf-8", bytes: Array(text.utf8))
  }

  private func problem(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    guard let problem = Problem(rawValue: request["slug"]) else {
      throw ServiceError(.unknownResource, "no problem type '\(request["slug"])'")
    }
    return Response(json: [
      "type": .string(problem.type), "title": .string(problem.title),
      "status": .int(problem.status), "detail": .string(problem.meaning),
    ])
  }
}
