internal import Domain
internal import Foundation
internal import HTTPTypes

/// Jobs: create, list, watch, steer, delete.
struct JobController: Sendable {
  let dependencies: Dependencies
  let bodies: JobBodies
  let desk: IdempotencyDesk
  let stopping: Signal
  private let reads = SharedReads<Job>()

  init(
    dependencies: Dependencies, bodies: JobBodies, desk: IdempotencyDesk, stopping: Signal
  ) {
    self.dependencies = dependencies
    self.bodies = bodies
    self.desk = desk
    self.stopping = stopping
  }

  var routes: [Route] {
    [
      Route("POST", "/v1/jobs", body: .json, answer: create),
      Route("GET", "/v1/jobs", answer: list),
      Route("GET", "/v1/jobs/{id}", answer: get),
      Route("DELETE", "/v1/jobs/{id}", answer: delete),
      Route("POST", "/v1/jobs/{id}/cancel", answer: cancel),
      Route("POST", "/v1/jobs/{id}/pause", answer: pause),
      Route("POST", "/v1/jobs/{id}/resume", answer: resume),
      Route("GET", "/v1/jobs/{id}/result", answer: result),
    ]
  }

  private func create(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let body = try request.json()
    return try await desk.answer(request) {
      var dataset: Dataset?
      if let name = body["dataset"]?.stringValue {
        dataset = try await dependencies.datasets.dataset(name)
      }
      let resolved = try JobRequest.resolve(body, catalog: dependencies.catalog, dataset: dataset)
      let job = Job(
        id: dependencies.identifiers.make("job"), request: resolved,
        datasetDigest: dataset?.content?.digest ?? "", state: .queued,
        created: dependencies.clock())
      return IdempotencyDesk.Creation(
        location: "/v1/jobs/\(job.id)", body: try JobWire.json(job, best: nil).canonical
      ) { reply in
        try await dependencies.control.submit(job, reply: reply)
      }
    }
  }

  private func list(_ request: Request) async throws -> Response {
    var reader = QueryReader(
      request, "state", "strategy", "dataset", "label", "created_after", "order_by", "page_size",
      "page_token")
    var query = JobQuery()
    query.states = reader.words("state", as: Job.State.self)
    query.strategy = reader.text("strategy")
    query.dataset = reader.text("dataset")
    query.label = reader.text("label")
    query.createdAfter = reader.time("created_after")
    query.order = reader.word("order_by", default: .createdDescending)
    query.pageSize = reader.integer("page_size", in: 1...500, default: 50)
    query.pageToken = reader.text("page_token")
    try reader.finish()
    let page = try await dependencies.jobs.jobs(query)
    var bytes = Array("{\"data\":[".utf8)
    for (index, job) in page.rows.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += try await bodies.bytes(of: job)
    }
    bytes += Array("],\"next_page_token\":\(JSONValue.text(page.nextToken).canonical)}".utf8)
    return Response(type: "application/json", bytes: bytes)
  }

  private func get(_ request: Request) async throws -> Response {
    var reader = QueryReader(request, "wait")
    let wait = reader.number("wait", in: 0...60, default: 0)
    try reader.finish()
    let condition = request.headers[.ifNoneMatch]
    let id = request["id"]
    var job = try await reads.value(id) { try await dependencies.job(id) }
    if wait > 0, !job.state.isFinal,
      condition == nil || EntityTag.matches(condition, JobBodies.tag(job))
    {
      job = try await changed(job, within: wait, gone: request.gone)
    }
    let tag = JobBodies.tag(job)
    if EntityTag.matches(condition, tag) { return Response(304, headers: [.eTag: tag]) }
    var response = Response(type: "application/json", bytes: try await bodies.bytes(of: job))
    response.headers[.eTag] = tag
    return response
  }

  /// The job once its version is another, or as it is when the seconds are over.
  private func changed(_ job: Job, within seconds: Double, gone: Signal) async throws -> Job {
    var latest = job
    let watch = JobWatch(control: dependencies.control, stopping: stopping, beat: .seconds(seconds))
    let deadline = ContinuousClock.now + .seconds(seconds)
    try await watch.run(job: job.id, gone: gone) { _ in
      guard let now = try await dependencies.jobs.job(job.id) else { return false }
      latest = now
      return now.version == job.version && ContinuousClock.now < deadline
    }
    return latest
  }

  private func delete(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let job = try await dependencies.job(request["id"])
    try await dependencies.control.delete(job.id)
    bodies.drop(job.id)
    return Response(204)
  }

  private enum Mode: String, CaseIterable {
    case finish, now
  }

  private func cancel(_ request: Request) async throws -> Response {
    let isNow = try isNow(request)
    let job = try await dependencies.job(request["id"])
    return try await answer(dependencies.control.cancel(job.id, now: isNow))
  }

  private func pause(_ request: Request) async throws -> Response {
    let isNow = try isNow(request)
    let job = try await dependencies.job(request["id"])
    return try await answer(dependencies.control.pause(job.id, now: isNow))
  }

  private func resume(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let job = try await dependencies.job(request["id"])
    return try await answer(dependencies.control.resume(job.id))
  }

  private func isNow(_ request: Request) throws -> Bool {
    var reader = QueryReader(request, "mode")
    let mode = reader.word("mode", default: Mode.finish)
    try reader.finish()
    return mode == .now
  }

  private func answer(_ job: Job) async throws -> Response {
    let isUnderWay = job.state == .cancelling || job.state == .pausing
    return Response(
      isUnderWay ? 202 : 200, type: "application/json", bytes: try await bodies.bytes(of: job))
  }

  private func result(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let job = try await dependencies.job(request["id"])
    guard let result = try await dependencies.control.result(of: job.id) else {
      guard job.state.isFinal else {
        throw ServiceError(
          .notReady, "job \(job.id) is \(job.state.rawValue) and has no finished trial yet")
      }
      throw ServiceError(.conflict, JobController.whyNoResult(job))
    }
    return Response(json: ResultWire.json(result, seed: job.request.seed))
  }

  /// Why a job that has ended without a finished trial has no result.
  private static func whyNoResult(_ job: Job) -> String {
    let reason = job.stopReason.map { ", stop_reason \($0.rawValue)" } ?? ""
    let failure = job.failure.map { ": \($0)" } ?? ""
    return "job \(job.id) has ended as \(job.state.rawValue)\(reason), without a finished trial, "
      + "and will never have a result\(failure)"
  }
}
