/// A whole number read from decimal text without rounding: `7`, `7.0` and `7e0` are the same.
enum WholeNumber: Equatable {
  case value(Int)
  /// A whole number beyond 64 bits.
  case outOfRange
  /// A number with a part below one.
  case fraction

  /// Reads a text; nil where it is no number of digits.
  init?(_ text: String) {
    let parts = text.lowercased().split(
      separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
    var exponent = 0
    if parts.count > 1 {
      guard let given = Int(parts[1]) else { return nil }
      exponent = max(-100_000, min(given, 100_000))
    }
    var number = parts[0]
    let isNegative = number.hasPrefix("-")
    if isNegative || number.hasPrefix("+") { number.removeFirst() }
    let sides = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var digits = sides.joined(separator: "")
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    digits = String(digits.drop(while: { $0 == "0" }))
    var zeros = exponent - (sides.count > 1 ? sides[1].utf8.count : 0)
    while digits.last == "0" {
      digits.removeLast()
      zeros += 1
    }
    guard !digits.isEmpty else {
      self = .value(0)
      return
    }
    guard zeros >= 0 else {
      self = .fraction
      return
    }
    // The longest number of 64 bits has 19 digits.
    guard digits.utf8.count + zeros <= 19,
      let value = Int((isNegative ? "-" : "") + digits + String(repeating: "0", count: zeros))
    else {
      self = .outOfRange
      return
    }
    self = .value(value)
  }
}
