internal import Datasets
internal import Domain
internal import Foundation

/// The built-in digits in a folder of their own, for a benchmark.
struct BenchDigits {
  let content: DatasetContent
  /// Of the sealed data.
  let path: String
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("atelier-\(UUID().uuidString)")
    let vault = FileDatasetVault(folder: folder.path, limitBytes: 1 << 30)
    guard let digits = try BuiltinDatasets.install(in: vault, at: Date()).first?.content else {
      throw ServiceError(.internal, "no built-in data set")
    }
    content = digits
    path = vault.path(digest: digits.digest)
  }

  /// Removes the folder.
  func remove() {
    try? FileManager.default.removeItem(at: folder)
  }
}
