internal import Domain
package import Foundation

/// Weights as files by digest: `<sha256>.safetensors` in one folder; in another, checkpoints of
/// supernets: `<job>-<round>.checkpoint`.
package struct FileWeightStore: WeightStore {
  private static let suffix = ".safetensors"

  package let folder: String
  private let checkpoints: String
  /// Files last written before this are leftovers of a server that is gone.
  private let opened: Date

  /// The store in its folders, which are made where they are missing.
  ///
  /// - Parameters:
  ///   - checkpoints: Folder of the checkpoints; nil where no supernet is trained: one in the folder
  ///     of the weights, which is not made.
  ///   - opened: When this server began: a sweep leaves alone what is younger, for a worker may still
  ///     be writing it, or its row may not be saved yet.
  /// - Throws: `ServiceError(.storage)` when a folder cannot be made.
  package init(folder: String, checkpoints: String? = nil, opened: Date = Date()) throws {
    self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
    self.checkpoints =
      URL(fileURLWithPath: checkpoints ?? folder + "/checkpoints")
      .standardizedFileURL.path
    self.opened = opened
    try settle { folder in
      for path in [folder] + (checkpoints == nil ? [] : [self.checkpoints]) {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      }
    }
  }

  /// The file of a digest; for a text that is none, a place in the folder where no file is.
  package func path(_ digest: String) -> String {
    let name = FileWeightStore.isDigest(digest) ? digest : "no-digest-" + Digest.sha256(digest)
    return folder + "/" + name + FileWeightStore.suffix
  }

  package func read(_ digest: String) throws -> [UInt8]? {
    guard FileWeightStore.isDigest(digest) else { return nil }
    return try settle { _ in
      do {
        return try Array(Data(contentsOf: URL(fileURLWithPath: path(digest))))
      } catch let error as CocoaError
        where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile
      {
        return nil
      }
    }
  }

  /// Removes files; one that is gone already is no fault.
  package func remove(_ digests: [String]) throws {
    for digest in digests where FileWeightStore.isDigest(digest) { try remove(path: path(digest)) }
  }

  package func sweep(keeping inUse: Set<String>) throws {
    let names = try settle { try FileManager.default.contentsOfDirectory(atPath: $0) }
    for name in names.sorted() where isLeftover(name, inUse) {
      let path = folder + "/" + name
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      guard let written = attributes?[.modificationDate] as? Date, written < opened else {
        continue
      }
      try remove(path: path)
    }
  }

  package func checkpoint(job: String, round: Int) -> String {
    checkpoints + "/" + FileWeightStore.stem(job) + "\(round).checkpoint"
  }

  /// Removes a job's checkpoints, half-written ones too.
  package func removeCheckpoints(job: String) throws {
    let stem = FileWeightStore.stem(job)
    try removeCheckpoints { $0.hasPrefix(stem) }
  }

  package func sweepCheckpoints(keeping jobs: Set<String>) throws {
    let stems = jobs.map(FileWeightStore.stem)
    try removeCheckpoints { name in !stems.contains { name.hasPrefix($0) } }
  }

  private func removeCheckpoints(where isGone: (String) -> Bool) throws {
    guard FileManager.default.fileExists(atPath: checkpoints) else { return }
    let names = try settle { _ in try FileManager.default.contentsOfDirectory(atPath: checkpoints) }
    for name in names.sorted() where name.contains(".checkpoint") && isGone(name) {
      try remove(path: checkpoints + "/" + name)
    }
  }

  /// What the names of a job's checkpoints begin with, up to the round; ids of ours have no hyphen.
  private static func stem(_ job: String) -> String {
    let isPlain = job.utf8.allSatisfy {
      (48...57).contains($0) || (97...122).contains($0) || (65...90).contains($0) || $0 == 95
    }
    return (isPlain && !job.isEmpty ? job : "no-id-" + Digest.sha256(job)) + "-"
  }

  /// True for a half-written file and for weights that no row names; files of others stay.
  private func isLeftover(_ name: String, _ inUse: Set<String>) -> Bool {
    if name.hasSuffix(".tmp") || name.hasPrefix(".tmp-") { return true }
    guard name.hasSuffix(FileWeightStore.suffix) else { return false }
    let digest = String(name.dropLast(FileWeightStore.suffix.count))
    return FileWeightStore.isDigest(digest) && !inUse.contains(digest)
  }

  private func remove(path: String) throws {
    try settle { _ in
      do {
        try FileManager.default.removeItem(atPath: path)
      } catch let error as CocoaError where error.code == .fileNoSuchFile {
        return
      }
    }
  }

  private func settle<Value>(_ body: (String) throws -> Value) throws -> Value {
    do {
      return try body(folder)
    } catch {
      throw ServiceError(storing: error, in: folder)
    }
  }

  /// True for 64 lower-case hexadecimal digits.
  static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}
