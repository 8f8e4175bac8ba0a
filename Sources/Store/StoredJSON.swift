internal import Domain
internal import Foundation

/// The coding of nested values: sorted keys, so that equal values give equal texts.
enum StoredJSON {
  private static let encoder = makeEncoder()
  private static let numberEncoder = makeNumberEncoder()
  private static let decoder = JSONDecoder()
  private static let numberDecoder = makeNumberDecoder()

  private static func makeEncoder() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  private static func makeNumberEncoder() -> JSONEncoder {
    let encoder = makeEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static func makeNumberDecoder() -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  /// The text of a value whose numbers are all finite.
  ///
  /// - Throws: `EncodingError` for a number that is not.
  static func encode(_ value: some Encodable) throws -> String {
    String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The text of measured numbers, which may be NaN or infinite.
  static func encodeNumbers(_ value: some Encodable) throws -> String {
    String(decoding: try numberEncoder.encode(value), as: UTF8.self)
  }

  /// Reads a value back whose numbers are all finite.
  static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
    try decoder.decode(type, from: Data(text.utf8))
  }

  /// Reads measured numbers back, which may be NaN or infinite.
  static func decodeNumbers<Value: Decodable>(
    _ type: Value.Type, from text: String
  ) throws -> Value {
    try numberDecoder.decode(type, from: Data(text.utf8))
  }
}

extension JSONValue {
  /// The value as its text gives it back: numbers that JSON cannot hold are null.
  var storable: JSONValue {
    switch self {
    case .number(let value) where !value.isFinite: .null
    case .array(let elements): .array(elements.map(\.storable))
    case .object(let members): .object(members.mapValues(\.storable))
    default: self
    }
  }
}
