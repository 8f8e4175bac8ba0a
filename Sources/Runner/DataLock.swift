internal import CLinux
internal import Domain
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// The data folder's lock: held by one writing process at a time, released by its end, whatever end.
///
/// The kernel holds it (`flock` on `lock` in the folder); the file's text only says who.
package final class DataLock: Sendable {
  /// Who holds a data folder.
  package struct Holder: Codable, Hashable, Sendable {
    package let pid: Int
    package let host: String
    /// When it took the folder, RFC 3339.
    package let start: String
    /// Where it listens, once it does; empty for a command that does not.
    package var address: String
  }

  private let descriptor: Int32
  private let holder: Mutex<Holder>

  /// Takes the folder, which must exist.
  ///
  /// - Parameter address: where the process listens; may be given later.
  /// - Throws: `ServiceError(.dataFolderHeld)` that says who holds it, `ServiceError(.storage)` where
  ///   the file cannot be opened.
  package init(folder: String, address: String = "") throws {
    let path = folder + "/lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw ServiceError(
        .storage, "the lock \(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    let error = csystem_try_lock(descriptor)
    guard error == 0 else {
      let other = DataLock.holder(folder: folder)
      close(descriptor)
      guard error == EWOULDBLOCK else {
        throw ServiceError(
          .storage, "the lock \(path) cannot be taken: \(String(cString: strerror(error)))")
      }
      throw ServiceError(.dataFolderHeld, DataLock.refusal(folder, other))
    }
    self.descriptor = descriptor
    holder = Mutex(
      Holder(
        pid: Int(getpid()), host: DataLock.host, start: Date().formatted(.iso8601),
        address: address))
    write()
  }

  deinit {
    close(descriptor)
  }

  /// Says where the holder listens.
  package func announce(address: String) {
    holder.withLock { $0.address = address }
    write()
  }

  /// Who last took a folder, where that can be read.
  package static func holder(folder: String) -> Holder? {
    guard let text = try? Data(contentsOf: URL(filePath: folder + "/lock")) else { return nil }
    return try? JSONDecoder().decode(Holder.self, from: text)
  }

  private func write() {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let text = try? encoder.encode(holder.withLock(\.self)) else { return }
    let line = Array(text) + [0x0A]
    // Only a message for people: a disk too full for it takes the lock all the same.
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, line, line.count, 0)
  }

  private static func refusal(_ folder: String, _ holder: Holder?) -> String {
    guard let holder else { return "the data folder \(folder) is held by another process" }
    let place = holder.address.isEmpty ? "" : ", listening on \(holder.address)"
    return """
      the data folder \(folder) is held by process \(holder.pid) on \(holder.host) since \
      \(holder.start)\(place); stop it first or choose another folder with --data
      """
  }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, 255) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
