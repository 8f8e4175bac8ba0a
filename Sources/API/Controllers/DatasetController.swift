internal import Domain
internal import Foundation

/// Data sets: begin, put files, seal, list, delete.
struct DatasetController: Sendable {
  let dependencies: Dependencies
  let desk: IdempotencyDesk
  let uploads: UploadDesk
  let blocking: BlockingWork
  /// Longest uploaded file, in bytes.
  let uploadLimit: Int

  var routes: [Route] {
    [
      Route("GET", "/v1/datasets", answer: list),
      Route("POST", "/v1/datasets", body: .json, bodyLimit: 8 << 20, answer: create),
      Route("GET", "/v1/datasets/{id}", answer: get),
      Route("DELETE", "/v1/datasets/{id}", answer: delete),
      Route(
        "PUT", "/v1/datasets/{id}/files/{part}", body: .upload, bodyLimit: uploadLimit,
        answer: putFile),
      Route("POST", "/v1/datasets/{id}/seal", answer: seal),
    ]
  }

  private func list(_ request: Request) async throws -> Response {
    var reader = QueryReader(request, "page_size", "page_token")
    let size = reader.integer("page_size", in: 1...500, default: 50)
    try reader.finish()
    let page = try await dependencies.datasets.datasets(
      pageSize: size, pageToken: reader.text("page_token"))
    return Response(json: [
      "data": .array(page.rows.map(DatasetWire.json)), "next_page_token": .text(page.nextToken),
    ])
  }

  private func get(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    return Response(json: DatasetWire.json(try await dependencies.dataset(request["id"])))
  }

  private func create(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let body = try request.json()
    return try await desk.answer(request) {
      let draft = try DatasetDraft(body, formats: dependencies.catalog.formats)
      let dataset = Dataset(
        id: dependencies.identifiers.make("ds"), name: draft.name, isBuiltIn: false,
        format: draft.format, options: draft.options, state: .open, files: [], content: nil,
        created: dependencies.clock())
      return IdempotencyDesk.Creation(
        location: "/v1/datasets/\(dataset.id)", body: DatasetWire.json(dataset).canonical
      ) { reply in
        try await dependencies.datasets.create(dataset, reply: reply)
      }
    }
  }

  private func putFile(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let dataset = try await dependencies.dataset(request["id"])
    guard case .stream(let stream) = request.body else {
      throw ServiceError(.invalidRequest, "the file is the request's body; there is none")
    }
    let file = try await uploads.receive(stream, part: request["part"], of: dataset)
    return Response(json: DatasetWire.file(file))
  }

  private func seal(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let dataset = try await dependencies.dataset(request["id"])
    return Response(json: DatasetWire.json(try await uploads.seal(dataset)))
  }

  private func delete(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let dataset = try await dependencies.dataset(request["id"])
    try await uploads.delete(dataset)
    return Response(204)
  }
}
