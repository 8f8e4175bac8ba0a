internal import Domain
internal import Foundation

/// Files and folders that options name; a refusal says which option, which path and why.
enum OptionFile {
  /// Reads a whole file; `-` is standard input.
  ///
  /// - Throws: `ServiceError(.unknownResource)` where there is no such file or it cannot be read.
  static func read(_ path: String, option: String) throws -> Data {
    if path == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    if isFolder(path) {
      throw ServiceError(.unknownResource, "\(option): \(path) is a folder; name a file")
    }
    // Not by its URL: pipes such as those of a shell's `<(…)` have none that can be read.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let error = errno
      throw ServiceError(
        .unknownResource,
        error == ENOENT
          ? "\(option): no file \(path)" : "\(option): cannot read \(path): \(reason(error))")
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      return try file.readToEnd() ?? Data()
    } catch {
      throw ServiceError(.unknownResource, "\(option): cannot read \(path): \(error)")
    }
  }

  /// Writes a whole file in the place of any that is there.
  ///
  /// - Throws: `ServiceError(.storage)`.
  static func write(_ bytes: [UInt8], to path: String, option: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let error = errno
      throw ServiceError(.storage, "\(option): cannot write \(path): \(reason(error))")
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try file.write(contentsOf: Data(bytes))
    } catch {
      throw ServiceError(.storage, "\(option): cannot write \(path): \(error)")
    }
  }

  /// Makes a folder with those above it, where they are missing.
  ///
  /// - Throws: `ServiceError(.storage)`.
  static func makeFolder(_ path: String, option: String) throws {
    do {
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path), withIntermediateDirectories: true)
    } catch {
      throw ServiceError(.storage, "\(option): cannot make the folder \(path): \(whyNot(path))")
    }
  }

  /// Why a folder cannot be made: the first that is missing tells.
  private static func whyNot(_ path: String) -> String {
    var folder = URL(fileURLWithPath: path).standardizedFileURL
    var missing = folder
    while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path) {
      missing = folder
      folder.deleteLastPathComponent()
    }
    guard isFolder(folder.path) else { return "\(folder.path) is a file" }
    return mkdir(missing.path, 0o777) == 0
      ? "\(missing.path) came in between" : "\(missing.path): \(reason(errno))"
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func reason(_ error: Int32) -> String {
    String(cString: strerror(error))
  }
}
