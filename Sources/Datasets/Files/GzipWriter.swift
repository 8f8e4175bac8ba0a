internal import CZlib
package import Domain

/// Packs bytes that are in memory whole.
package enum GzipWriter {
  /// One gzip member without a name or a time: the same bytes for the same content and zlib.
  ///
  /// - Throws: `ServiceError(.storage)` when zlib has no memory.
  /// - Source: RFC 1952.
  package static func packed(_ bytes: [UInt8]) throws(ServiceError) -> [UInt8] {
    var stream = z_stream()
    var status = deflateInit2_(
      &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw ServiceError(.storage, "cannot start packing: zlib status \(status)")
    }
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 32)
    let written = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        status = deflate(&stream, Z_FINISH)
        return output.count - Int(stream.avail_out)
      }
    }
    guard status == Z_STREAM_END else {
      throw ServiceError(.storage, "cannot pack \(bytes.count) bytes: zlib status \(status)")
    }
    return Array(output.prefix(written))
  }
}
