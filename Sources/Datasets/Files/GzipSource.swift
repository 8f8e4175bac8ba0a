internal import CZlib
internal import Domain
internal import Foundation

/// The unpacked bytes of a gzip stream, inflated piece by piece; members may follow one another.
///
/// - Source: RFC 1952; checksums and lengths are checked by zlib.
final class GzipSource: ByteSource {
  private static let chunk = 1 << 16

  private let source: any ByteSource
  private let part: String
  private let input: UnsafeMutableRawBufferPointer
  /// On the heap, for zlib keeps its address.
  private let stream: UnsafeMutablePointer<z_stream>
  /// Packed bytes taken from the source before the ones now in `input`.
  private var consumed = 0
  private var filled = 0
  private var isBetweenMembers = false
  private var isDone = false

  /// Reads from a source that begins with a gzip header.
  ///
  /// - Throws: `ServiceError(.storage)` when zlib has no memory.
  init(_ source: any ByteSource, part: String) throws {
    self.source = source
    self.part = part
    input = .allocate(byteCount: GzipSource.chunk, alignment: 16)
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15: the largest window; 16: a gzip header is required.
    let status = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw ServiceError(.storage, "cannot start unpacking \(part): zlib status \(status)")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: Bytef.self)
    stream.pointee.avail_out = UInt32(clamping: buffer.count)
    let wanted = Int(stream.pointee.avail_out)
    while !isDone, Int(stream.pointee.avail_out) == wanted {
      if stream.pointee.avail_in == 0 { try refill() }
      if isDone { break }
      if isBetweenMembers { try beginMember() }
      try step()
    }
    return wanted - Int(stream.pointee.avail_out)
  }

  /// Position in the packed file of the next byte that zlib has not taken.
  private var position: Int { consumed + filled - Int(stream.pointee.avail_in) }

  private func refill() throws {
    consumed += filled
    filled = try source.read(into: input)
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: Bytef.self)
    stream.pointee.avail_in = UInt32(filled)
    guard filled == 0 else { return }
    guard isBetweenMembers else {
      throw ServiceError(
        .dataset, "\(part): the gzip stream is cut short; the file ends at byte \(position)")
    }
    isDone = true
  }

  private func beginMember() throws {
    guard stream.pointee.next_in?.pointee == 0x1f else {
      throw ServiceError(
        .dataset, "\(part): trailing bytes after the gzip stream from byte \(position) on")
    }
    inflateReset(stream)
    isBetweenMembers = false
  }

  private func step() throws {
    let status = inflate(stream, Z_NO_FLUSH)
    switch status {
    case Z_OK, Z_BUF_ERROR: return
    case Z_STREAM_END: isBetweenMembers = true
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
      throw ServiceError(
        .dataset, "\(part): the gzip stream is damaged near byte \(position): \(reason)")
    }
  }
}
