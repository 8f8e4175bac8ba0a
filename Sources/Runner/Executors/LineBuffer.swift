/// Cuts a byte stream into lines.
struct LineBuffer {
  /// Bytes that a line may have; more is no protocol.
  static let largestLine = 64 << 20

  private var pending: [UInt8] = []

  /// True when the line being received is longer than any can be.
  var overflows: Bool { pending.count > LineBuffer.largestLine }

  /// Takes bytes in; returns the lines that they complete, without their line feeds.
  mutating func append(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for byte in bytes {
      if byte == 0x0A {
        lines.append(pending)
        pending.removeAll(keepingCapacity: true)
      } else {
        pending.append(byte)
      }
    }
    return lines
  }
}
