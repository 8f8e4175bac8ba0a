internal import Domain
internal import Store

/// Finds an architecture of a stored job and writes it in a format.
struct ArchitectureExport {
  let store: SQLiteJobStore
  let weights: FileWeightStore

  /// The file's bytes.
  ///
  /// - Parameter digest: weights to write; nil: the winner's, where the job has kept them.
  /// - Throws: `ServiceError(.unknownResource)` for an id that no job has.
  func bytes(
    of id: String, with exporter: any Exporter, weights digest: String?
  ) async throws -> [UInt8] {
    guard let record = try await store.architecture(id), let job = try await store.job(record.job),
      let content = try await store.dataset(job.request.dataset)?.content
    else {
      throw ServiceError(.unknownResource, "no architecture '\(id)' in this data folder")
    }
    let architecture = try Wiring.catalog.decode(
      job.request.space, record.genotype, content.shape, content.classes.count)
    guard exporter.needsWeights else {
      return try exporter.export(architecture, weights: nil)
    }
    var kept = digest
    if kept == nil { kept = try await keptWeights(of: record) }
    guard let kept, let file = try weights.read(kept) else {
      throw ServiceError(.notReady, "no weights of \(id) were kept; only the best of a job are")
    }
    return try exporter.export(architecture, weights: file)
  }

  private func keptWeights(of record: ArchitectureRecord) async throws -> String? {
    let runs = try await store.finalRuns(of: record.job).filter {
      $0.fingerprint == record.fingerprint && $0.weights != nil
    }
    if let run = runs.first(where: { $0.stage == .test }) ?? runs.first { return run.weights }
    for number in record.trials {
      if let digest = try await store.trial(number, of: record.job)?.weights { return digest }
    }
    return nil
  }
}
