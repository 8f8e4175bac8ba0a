internal import Domain

/// Finds what is wrong with a JSON text before it is decoded, and where.
///
/// - Source: RFC 8259.
package struct JSONScanner {
  /// Deepest nesting that is taken.
  package static let deepest = 512
  private static let mostFaults = 10
  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12,
    UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
  ]

  private let bytes: [UInt8]
  private var at = 0
  /// Names and indices that lead to the value being read.
  private var path: [String] = []
  private var repeated: [Fault] = []

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads a body to its end.
  ///
  /// - Throws: `ServiceError(.invalidRequest)` where it is not JSON or cannot be taken, and
  ///   `ServiceError(.validation)` with the members that an object has more than once.
  package static func check(_ body: [UInt8]) throws {
    var scanner = JSONScanner(body)
    try scanner.scan()
  }

  private mutating func scan() throws {
    try checkEncoding()
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    try value()
    skipSpace()
    guard at == bytes.count else { throw expected("the end of the body") }
    guard repeated.isEmpty else {
      throw ServiceError(
        .validation, "the body has members more than once", faults: repeated)
    }
  }

  private func checkEncoding() throws {
    var at = 0
    while at < bytes.count {
      let lead = bytes[at]
      let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      let end = min(at + length, bytes.count)
      guard length == 1 || String(validating: bytes[at..<end], as: UTF8.self) != nil else {
        throw ServiceError(
          .invalidRequest,
          "the body is not in UTF-8: the byte 0x\(String(lead, radix: 16)) at \(place(at))")
      }
      at = end
    }
  }

  // MARK: Values

  private mutating func value() throws {
    skipSpace()
    guard let byte = next else { throw expected("a value") }
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard path.count < JSONScanner.deepest else {
        throw untaken("more than \(JSONScanner.deepest) arrays and objects in each other", at)
      }
      if byte == UInt8(ascii: "{") { try object() } else { try array() }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    default:
      let word = ["true", "false", "null"].first { bytes[at...].starts(with: $0.utf8) }
      guard let word else { throw expected("a value") }
      at += word.utf8.count
    }
  }

  private mutating func object() throws {
    at += 1
    skipSpace()
    if take("}") { return }
    var names: Set<String> = []
    var twice: Set<String> = []
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw expected("a name in double quotes") }
      path.append(try string())
      if let name = path.last, !names.insert(name).inserted, twice.insert(name).inserted {
        noteRepeated()
      }
      skipSpace()
      guard take(":") else { throw expected("the ':' after a name") }
      try value()
      path.removeLast()
      skipSpace()
    } while take(",")
    guard take("}") else { throw expected("a ',' or the object's '}'") }
  }

  private mutating func array() throws {
    at += 1
    skipSpace()
    if take("]") { return }
    var index = 0
    repeat {
      path.append("\(index)")
      try value()
      path.removeLast()
      index += 1
      skipSpace()
    } while take(",")
    guard take("]") else { throw expected("a ',' or the array's ']'") }
  }

  private mutating func number() throws {
    let start = at
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    guard Double(text)?.isFinite == true else {
      throw untaken("the number \(text.prefix(40)), which is beyond a 64-bit float,", start)
    }
  }

  private mutating func digits() throws {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let byte = next, digits.contains(byte) else { throw expected("a digit") }
    while let byte = next, digits.contains(byte) { at += 1 }
  }

  // MARK: Strings

  /// Reads a string and answers it without its escapes.
  private mutating func string() throws -> String {
    at += 1
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        try escape(into: &text)
        continue
      }
      guard byte >= 0x20 else { throw expected("an escape such as \\n in the string") }
      text.append(byte)
      at += 1
    }
    guard take("\"") else { throw expected("the '\"' that ends the string") }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func escape(into text: inout [UInt8]) throws {
    let start = at
    at += 1
    if let letter = next, let byte = JSONScanner.escapes[letter] {
      text.append(byte)
      at += 1
      return
    }
    guard take("u") else { throw expected("one of \"\\/bfnrtu after the backslash") }
    var units = [try codeUnit()]
    if UTF16.isLeadSurrogate(units[0]), bytes[at...].starts(with: "\\u".utf8) {
      at += 2
      units.append(try codeUnit())
    }
    guard let piece = String(validating: units, as: UTF16.self) else {
      let shown = String(decoding: bytes[start..<at], as: UTF8.self)
      throw untaken("the escape \(shown), half of a surrogate pair,", start)
    }
    text += piece.utf8
  }

  private mutating func codeUnit() throws -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw expected("a hexadecimal digit")
      }
      unit = unit << 4 | UInt16(digit)
      at += 1
    }
    return unit
  }

  // MARK: Bytes

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  // MARK: Faults

  private mutating func noteRepeated() {
    guard repeated.count < JSONScanner.mostFaults else { return }
    let pointer = path.map { "/" + FaultCollector.escaped($0) }.joined()
    repeated.append(Fault(pointer, "must be there once, not several times"))
  }

  private func expected(_ what: String) -> ServiceError {
    var found = "it ends"
    if let byte = next {
      let end = bytes[(at + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
      let shown = String(decoding: bytes[at..<end], as: UTF8.self)
      found = byte < 0x20 ? "it has the control character \(byte)" : "it has '\(shown)'"
    }
    return ServiceError(
      .invalidRequest, "the body is not JSON: \(found) at \(place(at)), where \(what) must be")
  }

  private func untaken(_ what: String, _ start: Int) -> ServiceError {
    ServiceError(
      .invalidRequest, "the body is JSON that is not taken: \(what) at \(place(start))")
  }

  /// Line and column of a byte, both from 1.
  private func place(_ at: Int) -> String {
    let before = bytes[..<at]
    let line = before.count(where: { $0 == UInt8(ascii: "\n") }) + 1
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let column = before[start...].count(where: { $0 & 0xC0 != 0x80 }) + 1
    return "line \(line), column \(column)"
  }
}
