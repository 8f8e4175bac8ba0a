internal import Datasets
internal import Domain
internal import Foundation
internal import Store

/// What a benchmark trains on: the built-in digits in a folder of their own, or a set of a data folder.
struct BenchData {
  let content: DatasetContent
  /// Of the sealed data.
  let path: String
  /// To be removed.
  private let folder: URL?

  /// The built-in digits.
  init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("atelier-\(UUID().uuidString)")
    let vault = FileDatasetVault(folder: folder.path, limitBytes: 1 << 30)
    guard let digits = try BuiltinDatasets.install(in: vault, at: Date()).first?.content else {
      throw ServiceError(.internal, "no built-in data set")
    }
    content = digits
    path = vault.path(digest: digits.digest)
    self.folder = folder
  }

  /// A set by its name.
  ///
  /// - Throws: `ServiceError` where the folder has none of this name, or it holds no samples.
  init(_ name: String, in data: String) async throws {
    let folder = try DataFolder(existing: data)
    let store = SQLiteJobStore(try Database(path: folder.database))
    guard let dataset = try await store.dataset(name) else {
      throw ServiceError(.unknownResource, "no data set '\(name)' in \(data)")
    }
    guard let content = dataset.content, content.table == nil else {
      throw ServiceError(.dataset, "'\(name)' holds no samples to train on")
    }
    self.content = content
    path = FileDatasetVault(folder: folder.path, limitBytes: 1 << 30).path(digest: content.digest)
    self.folder = nil
  }

  /// Removes what was made for the benchmark.
  func remove() {
    if let folder { try? FileManager.default.removeItem(at: folder) }
  }
}
