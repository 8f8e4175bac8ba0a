internal import Domain
internal import HTTPTypes

/// The networks found: their graphs, and files of them.
struct ArchitectureController: Sendable {
  let dependencies: Dependencies
  let blocking: BlockingWork

  var routes: [Route] {
    [
      Route("GET", "/v1/architectures/{id}", answer: get),
      Route("GET", "/v1/architectures/{id}/export", produces: [], answer: export),
    ]
  }

  private func get(_ request: Request) async throws -> Response {
    try QueryReader(request).finish()
    let record = try await record(request["id"])
    let job = try await dependencies.job(record.job)
    return Response(
      json: try ArchitectureWire.json(try await decode(record, of: job), record: record))
  }

  private func export(_ request: Request) async throws -> Response {
    var reader = QueryReader(request, "format", "weights")
    let source = reader.text("weights").flatMap(WeightSource.init) ?? .final
    if let text = reader.text("weights"), WeightSource(text) == nil {
      reader.add("weights", "must be final or trial:N, not '\(text)'")
    }
    let exporters = dependencies.catalog.exporters
    let formats = exporters.map(\.id).joined(separator: ", ")
    if reader.text("format") == nil { reader.add("format", "is required: one of \(formats)") }
    try reader.finish()
    guard let exporter = exporters.first(where: { $0.id == reader.text("format") }) else {
      throw ServiceError(
        .notAcceptable, "no format '\(reader.text("format") ?? "")'; known are \(formats)")
    }
    let record = try await record(request["id"])
    let job = try await dependencies.job(record.job)
    let architecture = try await decode(record, of: job)
    var weights: [UInt8]?
    if exporter.needsWeights { weights = try await self.weights(source, of: record, in: job) }
    let file = try await blocking.run { [weights] in
      try exporter.export(architecture, weights: weights)
    }
    var response = Response(type: exporter.mediaType, bytes: file)
    response.headers[.contentDisposition] =
      "attachment; filename=\"\(record.id).\(exporter.fileExtension)\""
    return response
  }

  /// Which weights a file holds.
  private enum WeightSource {
    case final
    case trial(Int)

    init?(_ text: String) {
      if text == "final" {
        self = .final
        return
      }
      guard text.hasPrefix("trial:"), let number = Int(text.dropFirst(6)), number > 0,
        text == "trial:\(number)"
      else { return nil }
      self = .trial(number)
    }
  }

  private func weights(
    _ source: WeightSource, of record: ArchitectureRecord, in job: Job
  ) async throws -> [UInt8] {
    let digest: String?
    switch source {
    case .trial(let number):
      guard record.trials.contains(number) else {
        throw ServiceError(
          .unknownResource,
          "\(record.id) was not used by trial \(number), but by "
            + record.trials.map(String.init).joined(separator: ", "))
      }
      digest = try await dependencies.jobs.trial(number, of: job.id)?.weights
    case .final:
      let result = try await dependencies.control.result(of: job.id)
      let finalist = result?.finalists.first { $0.architecture == record.id }
      if let weights = finalist?.weights {
        digest = weights
      } else {
        digest = try await bestKept(record, in: job)
      }
    }
    let store = dependencies.weights
    guard let digest, let bytes = try await blocking.run({ try store.read(digest) }) else {
      throw ServiceError(.notReady, "the weights asked for of \(record.id) are not kept")
    }
    return bytes
  }

  /// Weights of the trial with the best accuracy among those that are kept.
  private func bestKept(_ record: ArchitectureRecord, in job: Job) async throws -> String? {
    var best: Trial?
    for number in record.trials {
      guard let trial = try await dependencies.jobs.trial(number, of: job.id),
        trial.weights != nil
      else { continue }
      if (trial.searchAccuracy ?? -1) > (best?.searchAccuracy ?? -2) { best = trial }
    }
    return best?.weights
  }

  private func record(_ id: String) async throws -> ArchitectureRecord {
    guard let record = try await dependencies.jobs.architecture(id) else {
      throw ServiceError(.unknownResource, "no architecture '\(id)'")
    }
    return record
  }

  private func decode(_ record: ArchitectureRecord, of job: Job) async throws -> Architecture {
    guard let content = try await dependencies.dataset(job.request.dataset).content else {
      throw ServiceError(.internal, "the data set of \(job.id) is not sealed")
    }
    return try dependencies.catalog.decode(
      job.request.space, record.genotype, content.shape, content.classes.count)
  }
}
