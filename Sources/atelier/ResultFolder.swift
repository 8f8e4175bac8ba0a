internal import Domain
internal import Foundation
internal import Store

/// The folder a search leaves behind: result, and the winner in every format.
struct ResultFolder {
  private let url: URL

  /// Makes the folder where it is missing.
  init(_ path: String) throws {
    url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// Writes `result.json`, `architecture.json`, `architecture.dot` and `weights.safetensors`.
  func write(_ result: JobResult, from wiring: Wiring) async throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(result).write(to: url.appendingPathComponent("result.json"))
    guard let winner = result.finalists.first else { return }
    let export = ArchitectureExport(store: wiring.store, weights: wiring.weights)
    for exporter in Wiring.catalog.exporters {
      if exporter.needsWeights && winner.weights == nil { continue }
      let stem = exporter.needsWeights ? "weights" : "architecture"
      let bytes = try await export.bytes(
        of: winner.architecture, with: exporter, weights: winner.weights)
      try Data(bytes).write(to: url.appendingPathComponent("\(stem).\(exporter.fileExtension)"))
    }
  }
}
