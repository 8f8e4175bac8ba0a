internal import Domain
internal import Synchronization

/// One part being received into a file of the vault.
///
/// Sendable, for the file is touched under the lock alone.
final class FileDatasetUpload: DatasetUpload, @unchecked Sendable {
  private let part: String
  private let limitBytes: Int
  private let lock = Mutex(())
  /// The file while it is open.
  private var file: OutputFile?

  init(_ file: OutputFile, part: String, limitBytes: Int) {
    self.part = part
    self.limitBytes = limitBytes
    self.file = file
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    try lock.withLock { _ in
      guard let open = file else { throw closed }
      guard open.count + bytes.count <= limitBytes else {
        open.abandon()
        file = nil
        throw ServiceError(.tooLarge, "\(part): larger than the limit of \(limitBytes) bytes")
      }
      try open.write(bytes)
    }
  }

  func finish() throws -> DatasetFile {
    try lock.withLock { _ in
      guard let open = file else { throw closed }
      file = nil
      let sha256 = try open.finish(name: part)
      return DatasetFile(part: part, sizeBytes: open.count, sha256: sha256)
    }
  }

  func abandon() {
    lock.withLock { _ in
      file?.abandon()
      file = nil
    }
  }

  private var closed: ServiceError {
    ServiceError(.internal, "\(part): the upload has already ended")
  }
}
