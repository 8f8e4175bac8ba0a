internal import Domain
internal import HTTPTypes

/// Strategies side by side on a table of measured architectures.
struct ComparisonController: Sendable {
  private static let types = ["application/json", "text/markdown", "image/svg+xml"]

  let dependencies: Dependencies
  let desk: LongWork

  var routes: [Route] {
    [
      Route(
        "POST", "/v1/comparisons", body: .json, produces: ComparisonController.types,
        answer: compare)
    ]
  }

  private func compare(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let body = try request.json()
    var dataset: Dataset?
    if let name = body["dataset"]?.stringValue, ComparisonRequest.builtIn(name) == nil {
      dataset = try await dependencies.datasets.dataset(name)
    }
    let wanted = try ComparisonRequest(body, catalog: dependencies.catalog, dataset: dataset)
    let type = Accept(request.headers[.accept]).best(of: ComparisonController.types)
    return try await desk.run(gone: request.gone) { [compare = dependencies.compare] check in
      let report = try compare(wanted, check)
      switch type {
      case "text/markdown":
        return Response(
          type: "text/markdown; charset=utf-8",
          bytes: Array((ComparisonText(report).markdown + "\n").utf8))
      case "image/svg+xml":
        return Response(type: "image/svg+xml", bytes: Array(AnytimePlot(report).svg.utf8))
      default: return Response(json: ComparisonWire.json(report, request: wanted.json))
      }
    }
  }
}
