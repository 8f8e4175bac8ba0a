internal import Domain

/// Reads the texts that the store wrote: some ten times as fast as a general decoder, which counts
/// where a list holds hundreds of learning curves.
struct JSONReader {
  private static let largestDepth = 200

  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private var depth = 0

  private init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  /// The value of a text.
  ///
  /// - Throws: `ServiceError(.storage)` that names the byte for what is no JSON.
  /// - Source: RFC 8259.
  static func value(_ text: String) throws -> JSONValue {
    var text = text
    return try text.withUTF8 { bytes in
      var reader = JSONReader(bytes)
      let value = try reader.value()
      reader.skipSpace()
      guard reader.place == bytes.count else { throw reader.broken("the end") }
      return value
    }
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private func broken(_ wanted: String) -> ServiceError {
    ServiceError(.storage, "a stored JSON text has no \(wanted) at byte \(place)")
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { place += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    place += 1
    return true
  }

  private mutating func take(word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard place + count <= bytes.count else { return false }
    for index in 0..<count where bytes[place + index] != word.utf8Start[index] { return false }
    place += count
    return true
  }

  private mutating func value() throws -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try nested { try $0.object() }
    case UInt8(ascii: "["): return try nested { try $0.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t") where take(word: "true"): return .bool(true)
    case UInt8(ascii: "f") where take(word: "false"): return .bool(false)
    case UInt8(ascii: "n") where take(word: "null"): return .null
    default: return .number(try number())
    }
  }

  private mutating func nested(
    _ body: (inout JSONReader) throws -> JSONValue
  ) throws -> JSONValue {
    depth += 1
    guard depth <= JSONReader.largestDepth else { throw broken("end of its nesting") }
    defer { depth -= 1 }
    place += 1
    return try body(&self)
  }

  private mutating func object() throws -> JSONValue {
    var members: [String: JSONValue] = [:]
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw broken("member's name") }
      let name = try string()
      guard take(UInt8(ascii: ":")) else { throw broken("colon") }
      members[name] = try value()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw broken("closing brace") }
    return .object(members)
  }

  private mutating func array() throws -> JSONValue {
    var elements: [JSONValue] = []
    if take(UInt8(ascii: "]")) { return .array(elements) }
    repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw broken("closing bracket") }
    return .array(elements)
  }

  private mutating func number() throws -> Double {
    let start = place
    var whole = 0
    var isWhole = true
    while let byte = next {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if place - start < 16 { whole = whole * 10 + Int(byte - UInt8(ascii: "0")) }
      case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"):
        isWhole = false
      default:
        guard place > start else { throw broken("value") }
        return try number(from: start, whole: isWhole && place - start < 16 ? whole : nil)
      }
      place += 1
    }
    guard place > start else { throw broken("value") }
    return try number(from: start, whole: isWhole && place - start < 16 ? whole : nil)
  }

  private func number(from start: Int, whole: Int?) throws -> Double {
    if let whole { return Double(whole) }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    guard let value = Double(text) else { throw broken("number after '\(text)'") }
    return value
  }

  private mutating func string() throws -> String {
    place += 1
    let start = place
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { place += 1 }
    var text = String(decoding: bytes[start..<place], as: UTF8.self)
    while next == UInt8(ascii: "\\") {
      place += 1
      text.unicodeScalars.append(try escape())
      let rest = place
      while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { place += 1 }
      text += String(decoding: bytes[rest..<place], as: UTF8.self)
    }
    guard next == UInt8(ascii: "\"") else { throw broken("closing quote") }
    place += 1
    return text
  }

  private mutating func escape() throws -> Unicode.Scalar {
    guard let byte = next else { throw broken("escaped character") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw broken("known escape")
    }
    let unit = try hexadecimal()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, take(word: "\\u") else { throw broken("second half of a pair") }
    let low = try hexadecimal()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    else { throw broken("second half of a pair") }
    return scalar
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard place + 4 <= bytes.count,
      let unit = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
    else { throw broken("four hexadecimal digits") }
    place += 4
    return unit
  }
}
