internal import Domain
internal import Foundation

/// A file being written: it appears under its name only when it is whole and on the disk.
package final class OutputFile {
  private static let chunk = 1 << 18

  private let folder: String
  private let temporary: String
  private let descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  private var filled = 0
  private var isOpen = true
  private let digest = Digest()
  /// Bytes written so far.
  package private(set) var count = 0

  /// Begins a file in a folder, which is made where it is missing.
  ///
  /// - Parameter owner: What the half-written file's name begins with, so that whoever cleans up
  ///   after a kill can tell whose it was.
  /// - Throws: `ServiceError(.storage)`.
  package init(folder: String, owner: String = "") throws {
    self.folder = folder
    try FileTree.make(folder)
    (descriptor, temporary) = try FileTree.temporary(in: folder, owner: owner)
    buffer = .allocate(byteCount: OutputFile.chunk, alignment: 16)
  }

  deinit {
    abandon()
    buffer.deallocate()
  }

  /// Appends bytes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      if filled == buffer.count { try flush() }
      let taken = min(rest.count, buffer.count - filled)
      UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + taken])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(taken)))
      filled += taken
      rest = rest.dropFirst(taken)
    }
    count += bytes.count
  }

  /// Appends bytes.
  package func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Appends zeros up to a multiple of `alignment` bytes.
  package func align(to alignment: Int) throws {
    try write([UInt8](repeating: 0, count: (alignment - count % alignment) % alignment))
  }

  /// Syncs the file and gives it its name; returns its SHA-256.
  package func finish(name: String) throws -> String {
    try flush()
    try publish(name)
    return digest.finish()
  }

  /// The same under a name made of the SHA-256; a file that is already there stays.
  package func finish(digestSuffix suffix: String) throws -> String {
    try flush()
    let sha256 = digest.finish()
    guard FileTree.size(folder + "/" + sha256 + suffix) != count else {
      abandon()
      return sha256
    }
    try publish(sha256 + suffix)
    return sha256
  }

  private func publish(_ name: String) throws {
    guard fsync(descriptor) == 0 else { throw FileFault.error("sync", temporary) }
    let path = folder + "/" + name
    guard rename(temporary, path) == 0 else { throw FileFault.error("rename to", path) }
    close(descriptor)
    isOpen = false
    try FileTree.sync(folder: folder)
  }

  /// Removes what was written; does nothing once finished.
  package func abandon() {
    guard isOpen else { return }
    isOpen = false
    close(descriptor)
    unlink(temporary)
  }

  private func flush() throws {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    digest.update(bytes)
    try FileTree.write(bytes, to: descriptor, path: temporary)
    filled = 0
  }
}
