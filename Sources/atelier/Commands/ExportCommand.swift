internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Store

/// `atelier export`: a found architecture as a file, read from a data folder.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a found architecture as a file (also beside a running service).")

  @Argument(help: "Architecture id, as in a job's result.")
  var architecture: String

  @Option(help: "Folder that holds the job.")
  var data = "data"

  @Option(help: "Format: \(Wiring.catalog.exporters.map { $0.id }.joined(separator: ", ")).")
  var format = "json"

  @Option(help: "File to write; standard output by default.")
  var out: String?

  func run() async throws {
    guard let exporter = Wiring.catalog.exporters.first(where: { $0.id == format }) else {
      let known = Wiring.catalog.exporters.map { $0.id }.joined(separator: ", ")
      throw ServiceError(.validation, "--format \(format) is not one of \(known)")
    }
    let folder = try DataFolder(existing: data)
    let export = ArchitectureExport(
      store: SQLiteJobStore(try Database(path: folder.database)),
      weights: try FileWeightStore(folder: folder.weights))
    let bytes = try await export.bytes(of: architecture, with: exporter, weights: nil)
    if let out {
      try OptionFile.write(bytes, to: out, option: "--out")
    } else {
      try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    }
  }
}
