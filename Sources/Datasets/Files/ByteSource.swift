internal import Domain
internal import Foundation

/// Where the raw bytes of one part come from: a file, or memory.
protocol ByteSource: AnyObject {
  /// Fills the start of `buffer`; returns how many bytes, 0 at the end.
  ///
  /// - Throws: `ServiceError(.storage)` when the file cannot be read.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// The bytes of a file.
final class FileSource: ByteSource {
  private let descriptor: Int32
  private let path: String

  /// Opens a file.
  ///
  /// - Throws: `ServiceError(.storage)` that names the file.
  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault.error("open", path) }
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw FileFault.error("read", path) }
    }
  }
}

/// Bytes already in memory.
final class MemorySource: ByteSource {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - position)
    bytes.withUnsafeBytes { all in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[position..<position + count]))
    }
    position += count
    return count
  }
}

/// What the operating system said when a file could not be used.
enum FileFault {
  /// The error of the call that just failed.
  static func error(_ verb: String, _ path: String) -> ServiceError {
    let reason = String(cString: strerror(errno))
    return ServiceError(.storage, "cannot \(verb) \(path): \(reason)")
  }
}
