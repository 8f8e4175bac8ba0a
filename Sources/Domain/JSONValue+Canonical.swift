extension JSONValue {
  /// The canonical text: sorted members, shortest numbers, no space; NaN and infinities as null.
  ///
  /// - Source: RFC 8785 (JSON Canonicalization Scheme).
  /// - Departs: RFC 8785 refuses NaN and infinities; a diverged trial has them, so they become null.
  package var canonical: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let value): text += JSONValue.canonicalNumber(value)
    case .string(let value): JSONValue.writeString(value, to: &text)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        element.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      let keys = members.keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
      for (index, key) in keys.enumerated() {
        if index > 0 { text += "," }
        JSONValue.writeString(key, to: &text)
        text += ":"
        members[key]?.write(to: &text)
      }
      text += "}"
    }
  }

  private static func writeString(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\u{08}": text += "\\b"
      case "\u{09}": text += "\\t"
      case "\u{0A}": text += "\\n"
      case "\u{0C}": text += "\\f"
      case "\u{0D}": text += "\\r"
      case "\u{00}"..<"\u{20}":
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  /// A number as ECMAScript prints it (ECMA-262 §6.1.6.1.20), which RFC 8785 §3.2.2.3 asks for.
  package static func canonicalNumber(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    if value == 0 { return "0" }
    if value < 0 { return "-" + canonicalNumber(-value) }
    // Swift's description holds the shortest digits that round-trip; only their layout differs.
    let parts = value.description.lowercased().split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    var digits = String(mantissa[0]) + (mantissa.count > 1 ? String(mantissa[1]) : "")
    var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    while digits.hasPrefix("0") {
      digits.removeFirst()
      point -= 1
    }
    while digits.hasSuffix("0") { digits.removeLast() }
    let count = digits.count
    if count <= point, point <= 21 {
      return digits + String(repeating: "0", count: point - count)
    }
    if 0 < point, point <= 21 {
      return String(digits.prefix(point)) + "." + String(digits.dropFirst(point))
    }
    if -6 < point, point <= 0 {
      return "0." + String(repeating: "0", count: -point) + digits
    }
    let exponent = (point - 1 < 0 ? "-" : "+") + String(abs(point - 1))
    if count == 1 { return digits + "e" + exponent }
    return String(digits.prefix(1)) + "." + String(digits.dropFirst()) + "e" + exponent
  }
}
