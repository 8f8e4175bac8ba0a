internal import Domain
internal import Foundation

/// The few calls on files and folders that the vault and its formats share.
enum FileTree {
  /// Prefix of files that are not whole yet; a sweep may remove any such file.
  static let temporaryPrefix = ".tmp-"

  /// Makes a folder with those above it.
  static func make(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ServiceError(.storage, "cannot make folder \(folder): \(error)")
    }
  }

  /// A new empty file of its own name; `owner` leads the name where others must tell whose it is.
  static func temporary(
    in folder: String, owner: String = ""
  ) throws -> (descriptor: Int32, path: String) {
    var template = Array((folder + "/" + owner + temporaryPrefix + "XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw FileFault.error("write in", folder) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return (
      descriptor, String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    )
  }

  /// Writes all bytes.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno != EINTR {
        throw FileFault.error("write", path)
      }
    }
  }

  /// Makes a rename in the folder outlast a power cut.
  static func sync(folder: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault.error("open", folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileFault.error("sync", folder) }
  }

  /// Size of a file in bytes, or nil where there is none.
  static func size(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Names of the entries of a folder in order; none where there is no folder.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// Removes a file or folder; does nothing where there is none.
  static func remove(_ path: String) throws {
    guard size(path) != nil else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw ServiceError(.storage, "cannot remove \(path): \(error)")
    }
  }
}
