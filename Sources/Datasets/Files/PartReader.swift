internal import Domain
internal import Foundation

/// The unpacked bytes of one part with their positions; gzip is known by its first two bytes.
final class PartReader {
  private static let chunk = 1 << 16

  /// Name of the part, for messages.
  let part: String
  /// Position of the next byte in the unpacked part.
  private(set) var offset = 0
  private let source: any ByteSource
  private let buffer: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0
  private let limit: Int

  /// Reads a part.
  ///
  /// - Parameter limit: unpacked bytes that are too many.
  /// - Throws: `ServiceError(.storage)` when the source cannot be read.
  init(_ raw: any ByteSource, part: String, limit: Int) throws {
    self.part = part
    self.limit = limit
    let head = HeadedSource(raw)
    source = try head.begins(with: [0x1f, 0x8b]) ? GzipSource(head, part: part) : head
    buffer = .allocate(byteCount: PartReader.chunk, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// The next run of bytes, valid until the next call; empty at the end.
  ///
  /// - Throws: `ServiceError(.dataset)` for a damaged gzip stream or too many bytes.
  func run() throws -> UnsafeRawBufferPointer {
    if start == end {
      start = 0
      end = try source.read(into: buffer)
      guard offset + end <= limit else {
        throw ServiceError(.tooLarge, "\(part): more than \(limit) bytes unpacked")
      }
    }
    let run = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
    offset += run.count
    start = end
    return run
  }

  /// Fills the whole target; returns how many bytes there were.
  func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    var count = 0
    while count < target.count {
      let bytes = try run()
      if bytes.isEmpty { break }
      let taken = min(bytes.count, target.count - count)
      UnsafeMutableRawBufferPointer(rebasing: target[count..<count + taken])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
      count += taken
      giveBack(bytes.count - taken)
    }
    return count
  }

  /// Refuses bytes after the last one that belongs there.
  func expectEnd() throws {
    let rest = try run()
    guard !rest.isEmpty else { return }
    let end = offset - rest.count
    throw fault("trailing bytes: the data ends at byte \(end), but more follow")
  }

  /// A refusal of this part.
  func fault(_ message: String) -> ServiceError {
    ServiceError(.dataset, "\(part): \(message)")
  }

  private func giveBack(_ count: Int) {
    start -= count
    offset -= count
  }
}

/// A source whose first bytes may be looked at before they are read.
private final class HeadedSource: ByteSource {
  private let source: any ByteSource
  private var head: [UInt8] = []

  init(_ source: any ByteSource) {
    self.source = source
  }

  func begins(with magic: [UInt8]) throws -> Bool {
    while head.count < magic.count {
      var bytes = [UInt8](repeating: 0, count: magic.count - head.count)
      let count = try bytes.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { break }
      head += bytes[..<count]
    }
    return head.starts(with: magic)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard !head.isEmpty, buffer.count >= head.count else { return try source.read(into: buffer) }
    let count = head.count
    buffer.copyBytes(from: head)
    head = []
    // The rest comes with it, for the first run of a text tells how it is laid out.
    let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
    return try count + (rest.isEmpty ? 0 : source.read(into: rest))
  }
}
