internal import Domain
internal import Foundation
internal import Store

/// The folder a search leaves behind: result, and the winner in every format.
struct ResultFolder {
  private let url: URL

  /// Makes the folder where it is missing.
  ///
  /// - Throws: `ServiceError(.storage)` that names the folder and why it cannot be made.
  init(_ path: String) throws {
    url = URL(fileURLWithPath: path)
    try OptionFile.makeFolder(path, option: "--out")
  }

  /// Writes `result.json`, `architecture.json`, `architecture.dot` and `weights.safetensors`.
  func write(_ result: JobResult, from wiring: Wiring) async throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try write([UInt8](encoder.encode(result)), "result.json")
    guard let winner = result.finalists.first else { return }
    let export = ArchitectureExport(store: wiring.store, weights: wiring.weights)
    for exporter in Wiring.catalog.exporters {
      if exporter.needsWeights && winner.weights == nil { continue }
      let stem = exporter.needsWeights ? "weights" : "architecture"
      let bytes = try await export.bytes(
        of: winner.architecture, with: exporter, weights: winner.weights)
      try write(bytes, "\(stem).\(exporter.fileExtension)")
    }
  }

  private func write(_ bytes: [UInt8], _ name: String) throws {
    try OptionFile.write(bytes, to: url.appendingPathComponent(name).path, option: "--out")
  }
}
