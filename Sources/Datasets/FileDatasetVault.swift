package import Domain
internal import Foundation

/// Data sets as files under one folder: `uploads/<data set>/<part>` while open, `datasets/<digest>.atd` sealed.
package struct FileDatasetVault: DatasetVault {
  private let folder: String
  private let limitBytes: Int
  private let unpackedLimitBytes: Int
  private let readCodes: NASTableFormat.CodeReader

  /// A vault in a data folder.
  ///
  /// - Parameters:
  ///   - limitBytes: size of one uploaded file that is too large.
  ///   - unpackedLimitBytes: the same for its content once unpacked; nil: 32 times as much.
  ///   - readCodes: reads the architecture strings of a benchmark table.
  package init(
    folder: String, limitBytes: Int, unpackedLimitBytes: Int? = nil,
    readCodes: @escaping NASTableFormat.CodeReader = { choice in
      throw SpaceError("the strings of \(choice.name) cannot be read here")
    }
  ) {
    self.readCodes = readCodes
    self.folder = folder
    self.limitBytes = limitBytes
    self.unpackedLimitBytes = unpackedLimitBytes ?? min(limitBytes, .max / 32) * 32
  }

  package func beginUpload(
    dataset: String, format: String, part: String
  ) throws -> any DatasetUpload {
    let known = try DatasetFormats.format(format)
    let parts = known.requiredParts + known.optionalParts
    guard parts.contains(part) else {
      throw ServiceError(
        .unknownResource,
        "the format \(format) has no part '\(part)'; its parts are \(parts.joined(separator: ", "))"
      )
    }
    return FileDatasetUpload(
      try OutputFile(folder: uploads(dataset)), part: part, limitBytes: limitBytes)
  }

  package func seal(_ dataset: Dataset) throws -> DatasetContent {
    let uploads = try uploads(dataset.id)
    for file in dataset.files {
      guard FileTree.size(uploads + "/" + file.part) == file.sizeBytes else {
        throw ServiceError(
          .storage, "\(file.part): the stored file is missing or not of \(file.sizeBytes) bytes")
      }
    }
    let parts = PartFolder(
      names: Set(dataset.files.map(\.part)), spoolFolder: decoded, limit: unpackedLimitBytes
    ) { part in
      try FileSource(path: uploads + "/" + part)
    }
    return try DatasetSealer(folder: decoded, readCodes: readCodes).seal(
      parts, format: dataset.format, options: dataset.options, source: "uploaded",
      licence: "not stated")
  }

  package func discardUploads(of dataset: String) throws {
    try FileTree.remove(uploads(dataset))
  }

  package func remove(digest: String) throws {
    try FileTree.remove(path(digest: digest))
  }

  package func path(digest: String) -> String {
    decoded + "/\(digest).atd"
  }

  /// Decodes a data set that is already in memory, such as a built-in one.
  func seal(
    _ bytes: [UInt8], part: String, format: String, options: DatasetOptions, source: String,
    licence: String
  ) throws -> DatasetContent {
    let parts = PartFolder(names: [part], spoolFolder: decoded, limit: .max) { _ in
      MemorySource(bytes)
    }
    return try DatasetSealer(folder: decoded, readCodes: readCodes).seal(
      parts, format: format, options: options, source: source, licence: licence)
  }

  /// Removes what a crash left half written: temporary files, and uploads of data sets not in `open`.
  package func sweep(open: Set<String>) throws {
    for name in FileTree.names(in: decoded) where name.hasPrefix(FileTree.temporaryPrefix) {
      try FileTree.remove(decoded + "/" + name)
    }
    for dataset in FileTree.names(in: folder + "/uploads") {
      let path = folder + "/uploads/" + dataset
      guard open.contains(dataset) else {
        try FileTree.remove(path)
        continue
      }
      for name in FileTree.names(in: path) where name.hasPrefix(FileTree.temporaryPrefix) {
        try FileTree.remove(path + "/" + name)
      }
    }
  }

  private var decoded: String { folder + "/datasets" }

  /// The folder of a data set's uploads.
  ///
  /// - Throws: `ServiceError(.internal)` for an id that would lead out of the data folder.
  private func uploads(_ dataset: String) throws -> String {
    let isPlain = dataset.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x2D
    }
    guard isPlain, !dataset.isEmpty else {
      throw ServiceError(.internal, "'\(dataset)' is no id of a data set")
    }
    return folder + "/uploads/" + dataset
  }
}
