internal import Domain
internal import Foundation

/// Where everything that lasts is kept: one folder with the database, weights and data sets.
struct DataFolder {
  /// Absolute path.
  let path: String

  /// Makes the folder where it is missing.
  ///
  /// - Throws: `ServiceError(.storage)` that names the folder and why it cannot be made.
  init(_ path: String) throws {
    self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    try OptionFile.makeFolder(self.path, option: "--data")
  }

  /// A folder that a service or search has made before.
  ///
  /// - Throws: `ServiceError(.unknownResource)` where there is none.
  init(existing path: String) throws {
    self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    guard FileManager.default.fileExists(atPath: database) else {
      throw ServiceError(.unknownResource, "\(path) is no data folder: it has no atelier.sqlite")
    }
  }

  /// `DATA/lock`: held by the process that may write.
  var lock: String { path + "/lock" }
  /// The SQLite database.
  var database: String { path + "/atelier.sqlite" }
  /// Weight files by digest.
  var weights: String { path + "/weights" }
  /// Files that supernets in training go on from.
  var checkpoints: String { path + "/checkpoints" }
}
