/// Exponential, logarithm and what is made of them, with the same bits on every processor.
///
/// The C library picks its own functions by the processor at hand, and their last bits differ; a
/// policy's proposals must not.
package enum PortableMath {
  /// eˣ to 2 units in the last place; arguments beyond ±700 count as ±700.
  package static func exp(_ x: Double) -> Double {
    let bounded = min(max(x, -700), 700)
    // Adding 1.5 · 2⁵² leaves no digit behind the point.
    let magic = 0x1.8p52
    let power = (bounded * 1.4426950408889634 + magic) - magic
    let r = (bounded - power * 0x1.62e42feep-1) - power * 0x1.a39ef35793c76p-33
    var sum = 1.0 / 6_227_020_800
    sum = sum * r + 1.0 / 479_001_600
    sum = sum * r + 1.0 / 39_916_800
    sum = sum * r + 1.0 / 3_628_800
    sum = sum * r + 1.0 / 362_880
    sum = sum * r + 1.0 / 40_320
    sum = sum * r + 1.0 / 5_040
    sum = sum * r + 1.0 / 720
    sum = sum * r + 1.0 / 120
    sum = sum * r + 1.0 / 24
    sum = sum * r + 1.0 / 6
    sum = sum * r + 0.5
    sum = sum * r + 1
    sum = sum * r + 1
    return sum * Double(bitPattern: UInt64(bitPattern: Int64(power) &+ 1023) << 52)
  }

  /// The natural logarithm of a positive normal number.
  package static func log(_ x: Double) -> Double {
    var power = Double(x.exponent)
    var rest = x.significand
    if rest > 1.4142135623730951 {
      rest *= 0.5
      power += 1
    }
    let s = (rest - 1) / (rest + 1)
    let square = s * s
    var sum = 1.0 / 21
    for odd in stride(from: 19.0, through: 1, by: -2) { sum = sum * square + 1 / odd }
    return (2 * s * sum + power * 0x1.a39ef35793c76p-33) + power * 0x1.62e42feep-1
  }

  /// The hyperbolic tangent, to 3e-16 absolute.
  package static func tanh(_ x: Double) -> Double { 1 - 2 / (exp(2 * x) + 1) }

  /// 1 / (1 + e⁻ˣ).
  package static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
