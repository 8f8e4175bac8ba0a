/// A decimal number read from text: sign, digits, point, exponent, and nothing else.
enum DecimalNumber: Equatable {
  case finite(Double)
  /// `nan`, `inf` or a number too large for 32-bit floats.
  case notFinite
  case notANumber

  private static let powers: [Double] = (0...22).map { exponent in
    (0..<exponent).reduce(1.0) { value, _ in value * 10 }
  }

  /// Reads a field.
  ///
  /// - Complexity: short decimals are exact by one multiplication or division (Clinger's fast path).
  init(_ text: ArraySlice<UInt8>) {
    var rest = text
    let isNegative = rest.first == 0x2D
    if isNegative || rest.first == 0x2B { rest = rest.dropFirst() }
    var mantissa: UInt64 = 0
    var digits = 0
    var scale = 0
    var isExact = true
    var sawPoint = false
    while let byte = rest.first {
      if byte == 0x2E, !sawPoint {
        sawPoint = true
      } else if (0x30...0x39).contains(byte) {
        digits += 1
        if mantissa < 1_000_000_000_000_000 {
          mantissa = mantissa * 10 + UInt64(byte - 0x30)
          if sawPoint { scale -= 1 }
        } else {
          isExact = false
        }
      } else {
        break
      }
      rest = rest.dropFirst()
    }
    guard digits > 0 else {
      self = DecimalNumber.isSpecial(rest) ? .notFinite : .notANumber
      return
    }
    if let exponent = DecimalNumber.exponent(&rest) { scale += exponent }
    guard rest.isEmpty else {
      self = .notANumber
      return
    }
    var value: Double
    if isExact, mantissa < 1 << 53, abs(scale) < DecimalNumber.powers.count {
      let power = DecimalNumber.powers[abs(scale)]
      value = scale < 0 ? Double(mantissa) / power : Double(mantissa) * power
      if isNegative { value = -value }
    } else {
      value = Double(String(decoding: text, as: UTF8.self)) ?? .nan
    }
    self = Float(value).isFinite ? .finite(value) : .notFinite
  }

  /// Takes an exponent such as `e-05` off the front; nil where there is none.
  private static func exponent(_ rest: inout ArraySlice<UInt8>) -> Int? {
    guard rest.first == 0x65 || rest.first == 0x45 else { return nil }
    var tail = rest.dropFirst()
    let isNegative = tail.first == 0x2D
    if isNegative || tail.first == 0x2B { tail = tail.dropFirst() }
    var exponent = 0
    var digits = 0
    while let byte = tail.first, (0x30...0x39).contains(byte) {
      exponent = min(exponent * 10 + Int(byte - 0x30), 100_000)
      digits += 1
      tail = tail.dropFirst()
    }
    guard digits > 0 else { return nil }
    rest = tail
    return isNegative ? -exponent : exponent
  }

  private static func isSpecial(_ text: ArraySlice<UInt8>) -> Bool {
    let word = String(decoding: text, as: UTF8.self).lowercased()
    return ["nan", "inf", "infinity"].contains(word)
  }
}
