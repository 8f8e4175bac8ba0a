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

  /// Reads a value back whose numbers may be NaN or infinite.
  static func decodeNumbers<Value: Decodable>(
    _ type: Value.Type, from text: String
  ) throws -> Value {
    try numberDecoder.decode(type, from: Data(text.utf8))
  }

  /// Reads any JSON value back.
  static func value(_ text: String) throws -> JSONValue {
    try JSONReader.value(text)
  }

  /// Reads measured numbers back, which may be NaN or infinite.
  static func numbers(_ text: String) throws -> [String: Double] {
    guard let members = try JSONReader.value(text).objectValue else { throw strange(text) }
    return try members.mapValues { value in
      guard let number = number(value) else { throw strange(text) }
      return number
    }
  }

  /// Reads a learning curve back.
  static func curve(_ text: String) throws -> [Domain.Measurement] {
    guard let points = try JSONReader.value(text).arrayValue else { throw strange(text) }
    return try points.map { point in
      guard let epoch = point["epoch"]?.intValue, let metrics = point["metrics"]?.objectValue,
        let seconds = point["seconds"].flatMap(number)
      else { throw strange(text) }
      return Domain.Measurement(epoch: epoch, metrics: metrics.mapValues(number), seconds: seconds)
    }
  }

  /// Reads a genotype back.
  static func genotype(_ text: String) throws -> Genotype {
    guard let choices = try JSONReader.value(text).arrayValue else { throw strange(text) }
    return Genotype(
      try choices.map { choice in
        if case .null = choice { return nil }
        guard let index = choice.intValue else { throw strange(text) }
        return index
      })
  }

  /// Reads counts by word back.
  static func counts(_ text: String) throws -> [String: Int] {
    guard let members = try JSONReader.value(text).objectValue else { throw strange(text) }
    return try members.mapValues { value in
      guard let count = value.intValue else { throw strange(text) }
      return count
    }
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .number(let number): number
    case .string("nan"): .nan
    case .string("inf"): .infinity
    case .string("-inf"): -.infinity
    default: nil
    }
  }

  private static func strange(_ text: String) -> ServiceError {
    ServiceError(.storage, "a stored value has another form than this version wrote: \(text)")
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
