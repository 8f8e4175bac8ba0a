internal import Datasets
internal import Domain
internal import Foundation
internal import Store

/// Puts local files through the same steps as the three calls of the API.
struct DatasetImport {
  let wiring: Wiring

  /// Creates, fills and seals a data set; nothing is left of one that is refused.
  ///
  /// - Throws: `ServiceError(.dataset)` that names the byte or row that is wrong.
  func run(
    name: String, format: String, options: DatasetOptions, files: [(part: String, path: String)]
  ) async throws -> Dataset {
    var random = SystemRandomNumberGenerator()
    let now = Date()
    var dataset = Dataset(
      id: Identifier.make("ds", at: now, using: &random), name: name, isBuiltIn: false,
      format: format, options: options, state: .open, files: [], content: nil, created: now)
    guard let entry = Wiring.catalog.formats[format] else {
      let known = Wiring.catalog.formats.ids.joined(separator: ", ")
      throw ServiceError(.validation, "--format \(format) is not one of \(known)")
    }
    let missing = entry.requiredParts.filter { part in !files.contains { $0.part == part } }
    guard missing.isEmpty else {
      let options = missing.map { "--" + $0.replacingOccurrences(of: "_", with: "-") }
      throw ServiceError(.validation, "\(format) also needs \(options.joined(separator: ", "))")
    }
    if try await wiring.store.dataset(name) != nil {
      throw ServiceError(.conflict, "a data set named '\(name)' is there already")
    }
    do {
      for file in files {
        dataset.files.append(try put(file.path, as: file.part, of: dataset))
      }
      dataset.content = try wiring.vault.seal(dataset)
      dataset.state = .sealed
      try await wiring.store.create(dataset, reply: nil)
    } catch {
      try wiring.vault.discardUploads(of: dataset.id)
      throw error
    }
    try wiring.vault.discardUploads(of: dataset.id)
    return dataset
  }

  private func put(_ path: String, as part: String, of dataset: Dataset) throws -> DatasetFile {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw ServiceError(.validation, "\(part): no file \(path)")
    }
    defer { try? file.close() }
    let upload = try wiring.vault.beginUpload(
      dataset: dataset.id, format: dataset.format, part: part)
    do {
      while let bytes = try file.read(upToCount: 1 << 20), !bytes.isEmpty {
        try bytes.withUnsafeBytes { try upload.write($0) }
      }
      return try upload.finish()
    } catch {
      upload.abandon()
      throw error
    }
  }
}
