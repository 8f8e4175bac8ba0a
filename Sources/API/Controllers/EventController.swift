internal import Domain
internal import HTTPTypes

/// What happened in a job: as a list, or as a stream that follows it.
struct EventController: Sendable {
  private static let rowsAtOnce = 500

  let dependencies: Dependencies
  let stopping: Signal
  /// Time from one comment line to the next.
  let heartbeat: Duration

  var routes: [Route] {
    [
      Route(
        "GET", "/v1/jobs/{id}/events", produces: ["application/json", "text/event-stream"],
        answer: list)
    ]
  }

  private func list(_ request: Request) async throws -> Response {
    var reader = QueryReader(request, "after", "page_size")
    var after = reader.integer("after", in: 0...9_007_199_254_740_991, default: 0)
    let size = reader.integer("page_size", in: 1...500, default: 50)
    try reader.finish()
    let last = try lastEventID(request)
    let job = try await dependencies.job(request["id"])
    guard Accept(request.headers[.accept]).prefers("text/event-stream", to: "application/json")
    else { return try await page(of: job, after: after, size: size) }
    if let last { after = last }
    if job.state.isFinal {
      let rest = try await dependencies.jobs.events(of: job.id, after: after, limit: 1)
      if rest.isEmpty { return Response(204) }
    }
    return stream(job.id, after: after, gone: request.gone)
  }

  /// The sequence that an `EventSource` has seen last.
  private func lastEventID(_ request: Request) throws -> Int? {
    guard let text = request.headers[.lastEventID] else { return nil }
    guard let number = Int(text), number >= 0, text.utf8.count <= 15 else {
      throw ServiceError(
        .invalidRequest, "a header is wrong",
        faults: [Fault("/header/Last-Event-ID", "must be a sequence number, not '\(text)'")])
    }
    return number
  }

  private func page(of job: Job, after: Int, size: Int) async throws -> Response {
    // The job was read before its events: when it had ended, its last event is among them.
    let rows = try await dependencies.jobs.events(of: job.id, after: after, limit: size)
    return Response(json: [
      "data": .array(rows.map(EventWire.json)), "next_after": .int(rows.last?.sequence ?? after),
      "ended": .bool(rows.last?.isLast ?? job.state.isFinal),
    ])
  }

  private func stream(_ job: String, after: Int, gone: Signal) -> Response {
    // Four beats a heartbeat, so that a comment is never late by more than a quarter of it.
    let watch = JobWatch(control: dependencies.control, stopping: stopping, beat: heartbeat / 4)
    let jobs = dependencies.jobs
    return Response(
      200, headers: [.contentType: "text/event-stream"],
      body: .stream { stream in
        var after = after
        var spoken = ContinuousClock.now
        try await stream.write("retry: 2000\n\n")
        try await watch.run(job: job, gone: gone) { _ in
          while true {
            let rows = try await jobs.events(
              of: job, after: after, limit: EventController.rowsAtOnce)
            guard let last = rows.last else { break }
            try await stream.write(rows.map(EventWire.message).joined())
            after = last.sequence
            spoken = .now
            if rows.contains(where: \.isLast) { return false }
          }
          if ContinuousClock.now - spoken >= heartbeat * 0.9 {
            try await stream.write(": still here\n\n")
            spoken = .now
          }
          // A job that was deleted, or one that had ended before, has nothing to come.
          let state = try await jobs.job(job)?.state
          guard state?.isFinal != false else { return true }
          return try await !jobs.events(of: job, after: after, limit: 1).isEmpty
        }
      })
  }
}
