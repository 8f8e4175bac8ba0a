internal import Domain
internal import Foundation
internal import Logging
internal import Runner
internal import ServiceLifecycle
internal import Store
internal import UnixSignals

/// Runs one job to its end on a runner of its own, showing its progress.
struct SearchSession {
  let wiring: Wiring

  /// Submits the body of a request and waits for the result.
  ///
  /// - Throws: `ServiceError(.validation)` with every fault of the request.
  func run(_ body: JSONValue) async throws -> JobResult {
    let name = body["dataset"]?.stringValue ?? ""
    let dataset = try await wiring.store.dataset(name)
    let request = try JobRequest.resolve(body, catalog: Wiring.catalog, dataset: dataset)
    var random = SystemRandomNumberGenerator()
    let now = Date()
    let job = Job(
      id: Identifier.make("job", at: now, using: &random), request: request,
      datasetDigest: dataset?.content?.digest ?? "", state: .queued, created: now)
    let group = ServiceGroup(
      configuration: .init(
        services: [.init(service: wiring.runner)], gracefulShutdownSignals: [.sigterm, .sigint],
        logger: wiring.log))
    let result = try await withThrowingTaskGroup(of: JobResult?.self) { tasks in
      tasks.addTask {
        try await group.run()
        return nil
      }
      tasks.addTask {
        try await wiring.runner.submit(job, reply: nil)
        return try await follow(job.id)
      }
      var result: JobResult?
      while let next = try await tasks.next() {
        if let next { result = next }
        await group.triggerGracefulShutdown()
      }
      return result
    }
    await wiring.executor.shutdown()
    guard let result else {
      throw ServiceError(
        .unavailable, "\(job.id) was stopped; with --data it goes on at the next start")
    }
    return result
  }

  private func follow(_ id: String) async throws -> JobResult? {
    var line = ProgressLine()
    defer { line.end() }
    for await _ in await wiring.runner.changes(of: id) {
      guard let job = try await wiring.store.job(id) else { break }
      line.show(job)
      if job.state.isFinal { break }
    }
    guard let job = try await wiring.store.job(id), job.state.isFinal else { return nil }
    line.show(job)
    if let failure = job.failure {
      line.end()
      let text = "atelier: \(id) \(job.state.rawValue): \(failure)\n"
      FileHandle.standardError.write(Data(text.utf8))
    }
    if var result = try await wiring.runner.result(of: id) {
      result.fidelity = JobFidelity(
        job: job, trials: try await wiring.store.allTrials(of: id),
        runs: try await wiring.store.finalRuns(of: id))
      return result
    }
    throw ServiceError(
      .unavailable, "\(id) \(job.state.rawValue): \(job.failure ?? "no trial finished")")
  }
}
