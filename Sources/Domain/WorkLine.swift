internal import Foundation

/// The line protocol's coding: one JSON object, then a line feed.
///
/// Numbers that are NaN or infinite travel as words, for a diverged network's metrics may hold them.
package enum WorkLine {
  /// The line of a command or an event, line feed included.
  package static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try Array(encoder.encode(value)) + [0x0A]
  }

  /// Reads a line back; a trailing line feed is allowed.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, from line: some Sequence<UInt8>
  ) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: Data(line))
  }
}
