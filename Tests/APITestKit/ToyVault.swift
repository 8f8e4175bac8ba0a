package import Domain
internal import Foundation
internal import Synchronization

/// Uploads in memory; a file that begins with `broken` makes sealing fail.
package final class ToyVault: DatasetVault {
  private let files = Mutex<[String: [UInt8]]>([:])

  package init() {}

  /// The bytes of a part that was put.
  package func bytes(_ dataset: String, _ part: String) -> [UInt8]? {
    files.withLock { $0["\(dataset)/\(part)"] }
  }

  package func beginUpload(
    dataset: String, format: String, part: String
  ) throws -> any DatasetUpload {
    guard ["train", "test"].contains(part) else {
      throw ServiceError(.unknownResource, "the format \(format) has no part '\(part)'")
    }
    return ToyUpload(part: part) { bytes in
      self.files.withLock { $0["\(dataset)/\(part)"] = bytes }
    }
  }

  package func seal(_ dataset: Dataset) throws -> DatasetContent {
    for file in dataset.files
    where bytes(dataset.id, file.part)?.starts(with: "broken".utf8) == true {
      throw ServiceError(.dataset, "\(file.part): row 1: no number")
    }
    return Toy.content
  }

  package func discardUploads(of dataset: String) throws {
    files.withLock { files in files = files.filter { !$0.key.hasPrefix(dataset + "/") } }
  }

  package func remove(digest: String) throws {}
  package func path(digest: String) -> String { "/nowhere/\(digest)" }
}

/// One upload in memory.
private final class ToyUpload: DatasetUpload {
  private let part: String
  private let keep: @Sendable ([UInt8]) -> Void
  private let bytes = Mutex<[UInt8]>([])

  init(part: String, keep: @escaping @Sendable ([UInt8]) -> Void) {
    self.part = part
    self.keep = keep
  }

  func write(_ piece: UnsafeRawBufferPointer) throws {
    bytes.withLock { $0 += piece }
  }

  func finish() throws -> DatasetFile {
    let all = bytes.withLock { $0 }
    keep(all)
    return DatasetFile(part: part, sizeBytes: all.count, sha256: Digest.sha256(all))
  }

  func abandon() {
    bytes.withLock { $0 = [] }
  }
}

/// Weight files in memory.
package final class ToyWeights: WeightStore {
  package let folder = "/nowhere"
  private let files: [String: [UInt8]]

  package init(_ files: [String: [UInt8]] = [:]) {
    self.files = files
  }

  package func path(_ digest: String) -> String { "/nowhere/\(digest).safetensors" }
  package func read(_ digest: String) throws -> [UInt8]? { files[digest] }
  package func remove(_ digests: [String]) throws {}
  package func sweep(keeping inUse: Set<String>) throws {}
  package func checkpoint(job: String, round: Int) -> String { "/nowhere/\(job)-\(round)" }
  package func removeCheckpoints(job: String) throws {}
  package func sweepCheckpoints(keeping jobs: Set<String>) throws {}
}
