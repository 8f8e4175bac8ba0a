internal import FoundationEssentials

/// Numbers that are stored as the base64 of their bytes: a sixth of what JSON's decimals take.
struct PackedNumbers: Codable, Hashable, Sendable {
  /// How many bytes a number is stored in.
  enum Width: Sendable {
    /// Single precision; numbers must have been rounded by `rounded` before.
    case four
    case eight
  }

  var values: [Double]
  let width: Width

  init(_ values: [Double], width: Width) {
    self.values = values
    self.width = width
  }

  /// The nearest number that four bytes hold.
  static func rounded(_ value: Double) -> Double { Double(Float(value)) }

  /// - Throws: `DecodingError` when the text is not base64 of whole numbers.
  init(from decoder: any Decoder) throws {
    let box = try decoder.singleValueContainer()
    let text = try box.decode(String.self)
    let size = text.first == "d" ? 8 : 4
    guard text.first == "d" || text.first == "f",
      let data = Data(base64Encoded: String(text.dropFirst())),
      data.count % size == 0
    else {
      throw DecodingError.dataCorruptedError(in: box, debugDescription: "no packed numbers")
    }
    width = size == 8 ? .eight : .four
    values = data.withUnsafeBytes { bytes in
      (0..<bytes.count / size).map { index in
        size == 8
          ? Double(
            bitPattern: UInt64(
              littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
          : Double(
            Float(
              bitPattern: UInt32(
                littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))))
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var box = encoder.singleValueContainer()
    let data: Data
    switch width {
    case .eight:
      let words = values.map(\.bitPattern.littleEndian)
      data = words.withUnsafeBytes { Data($0) }
    case .four:
      let words = values.map { Float($0).bitPattern.littleEndian }
      data = words.withUnsafeBytes { Data($0) }
    }
    try box.encode((width == .eight ? "d" : "f") + data.base64EncodedString())
  }
}
