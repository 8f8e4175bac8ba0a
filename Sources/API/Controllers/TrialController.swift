internal import Domain

/// The trials of a job.
struct TrialController: Sendable {
  let dependencies: Dependencies

  var routes: [Route] {
    [
      Route("GET", "/v1/jobs/{id}/trials", answer: list),
      Route("GET", "/v1/jobs/{id}/trials/{n}", answer: get),
    ]
  }

  private func list(_ request: Request) async throws -> Response {
    var reader = QueryReader(request, "state", "order_by", "page_size", "page_token")
    var query = TrialQuery()
    query.states = reader.words("state", as: Trial.State.self)
    query.order = reader.word("order_by", default: .number)
    query.pageSize = reader.integer("page_size", in: 1...500, default: 50)
    query.pageToken = reader.text("page_token")
    try reader.finish()
    let job = try await dependencies.job(request["id"])
    let points = try dependencies.catalog.space(job.request.space).points
    let page = try await dependencies.jobs.trials(of: job.id, query)
    let isTable = try await isTable(job)
    return Response(json: [
      "data": .array(
        page.rows.map {
          TrialWire.json($0, job: job.id, points: points, isTable: isTable, withCurve: false)
        }),
      "next_page_token": .text(page.nextToken),
    ])
  }

  private func get(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let job = try await dependencies.job(request["id"])
    guard let number = Int(request["n"]), String(number) == request["n"],
      let trial = try await dependencies.jobs.trial(number, of: job.id)
    else {
      throw ServiceError(.unknownResource, "job \(job.id) has no trial '\(request["n"])'")
    }
    let points = try dependencies.catalog.space(job.request.space).points
    return Response(
      json: TrialWire.json(
        trial, job: job.id, points: points, isTable: try await isTable(job), withCurve: true))
  }

  /// True where trials are looked up, not trained.
  private func isTable(_ job: Job) async throws -> Bool {
    try await dependencies.datasets.dataset(job.request.dataset)?.content?.table != nil
  }
}
