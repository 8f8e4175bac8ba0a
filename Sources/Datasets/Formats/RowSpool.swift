internal import Domain
internal import Foundation

/// Decoded values on their way to a data set's file: bytes while all are whole in 0...255, else floats.
///
/// They wait in an unlinked file, for their number is known only at the end.
final class RowSpool {
  private static let chunk = 1 << 18

  /// Values of one row.
  let width: Int
  /// True while every value so far is whole in 0...255.
  private(set) var isBytes = true
  /// Values so far.
  private(set) var count = 0
  private let folder: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []

  /// An empty spool in a folder.
  ///
  /// - Throws: `ServiceError(.storage)`.
  init(folder: String, width: Int) throws {
    self.folder = folder
    self.width = width
    descriptor = try RowSpool.openUnlinked(in: folder)
    buffer.reserveCapacity(RowSpool.chunk)
  }

  deinit { close(descriptor) }

  /// Whole rows so far.
  var rows: Int { count / width }

  /// Appends values that are bytes; only while no other kind was appended.
  func append(bytes: some Collection<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    count += bytes.count
    if buffer.count >= RowSpool.chunk { try flush() }
  }

  /// Appends values of any kind.
  func append(_ values: [Float]) throws {
    if isBytes, !values.allSatisfy({ $0 >= 0 && $0 <= 255 && $0 == $0.rounded() }) {
      try widen()
    }
    if isBytes {
      return try append(bytes: values.map { UInt8($0) })
    }
    values.withUnsafeBytes { buffer.append(contentsOf: $0) }
    count += values.count
    if buffer.count >= RowSpool.chunk { try flush() }
  }

  /// All values, mapped; nothing may be appended after.
  func map() throws -> MemoryMap {
    try flush()
    return try MemoryMap(
      descriptor, offset: 0, count: count * (isBytes ? 1 : MemoryLayout<Float>.size), path: folder)
  }

  private func flush() throws {
    try buffer.withUnsafeBytes { try FileTree.write($0, to: descriptor, path: folder) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes the bytes so far again as floats.
  private func widen() throws {
    let narrow = try map()
    let wide = try RowSpool.openUnlinked(in: folder)
    let old = descriptor
    descriptor = wide
    defer { close(old) }
    isBytes = false
    var start = 0
    while start < narrow.bytes.count {
      let end = min(start + RowSpool.chunk, narrow.bytes.count)
      let values = narrow.bytes[start..<end].map { Float($0) }
      try values.withUnsafeBytes { try FileTree.write($0, to: wide, path: folder) }
      start = end
    }
  }

  private static func openUnlinked(in folder: String) throws -> Int32 {
    try FileTree.make(folder)
    let (descriptor, path) = try FileTree.temporary(in: folder)
    unlink(path)
    return descriptor
  }
}
