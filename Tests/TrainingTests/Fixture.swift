import Datasets
import Domain
import Foundation
import Testing

/// The built-in digits in a folder of their own, gone with the fixture.
final class Fixture {
  let folder: String
  let content: DatasetContent
  let path: String

  init() throws {
    folder = NSTemporaryDirectory() + "training-" + UUID().uuidString
    let vault = FileDatasetVault(folder: folder, limitBytes: 1 << 30)
    let sets = try BuiltinDatasets.install(in: vault, at: Date(timeIntervalSince1970: 0))
    content = try #require(sets.first?.content)
    path = vault.path(digest: content.digest)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Train and validation of a job with seed 0.
  func split() throws -> Split {
    Split(try DatasetMap(path: path, content: content), content, jobSeed: 0)
  }
}
