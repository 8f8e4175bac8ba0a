internal import Domain

/// What a job's cheap score is worth: its supernets, and its order beside that of accuracies measured
/// by training alone.
struct TrustController: Sendable {
  let dependencies: Dependencies
  let blocking: BlockingWork

  var routes: [Route] {
    [
      Route("GET", "/v1/jobs/{id}/supernets", answer: supernets),
      Route("GET", "/v1/jobs/{id}/fidelity", answer: fidelity),
    ]
  }

  private func supernets(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let job = try await dependencies.job(request["id"])
    // A warm start's draws are kept like a supernet's candidates, but train none.
    let runs =
      job.request.warmStart == nil ? try await dependencies.jobs.supernetRuns(of: job.id) : []
    // A space that is not served any more leaves its branches without names.
    let names = (try? dependencies.catalog.space(job.request.space))?.branchNames ?? [:]
    return Response(json: [
      "data": .array(runs.map { SupernetWire.json($0, names: names) }), "next_page_token": .null,
    ])
  }

  private func fidelity(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let job = try await dependencies.job(request["id"])
    let trials = try await dependencies.jobs.allTrials(of: job.id)
    let runs = try await dependencies.jobs.finalRuns(of: job.id)
    let fidelity = try await blocking.run {
      JobFidelity(job: job, trials: trials, runs: runs)
    }
    return Response(json: FidelityWire.json(fidelity, job: job.id))
  }
}
