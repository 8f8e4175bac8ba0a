#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Parameter.Start {
  /// First values of a parameter, in the arena's order.
  ///
  /// The stream is keyed by seed and name, so that a layer starts the same in every network that
  /// has it; and drawn in PyTorch's order of axes.
  func draw(_ parameter: Parameter, seed: UInt64) -> [Double] {
    let count = parameter.layout.count
    var stream = KeyedStream(seed: seed, key: parameter.key)
    let values: [Float]
    switch self {
    case .constant(let value):
      values = Array(repeating: Float(value), count: count)
    case .uniform(let bound):
      values = (0..<count).map { _ in Float((2 * stream.unit() - 1) * bound) }
    case .normal(let deviation):
      values = (0..<count).map { _ in Float(stream.normal() * deviation) }
    }
    return parameter.layout.toArena(values)
  }
}

/// Random numbers keyed by a seed and a name.
///
/// - Source: Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators" (SplitMix64).
struct KeyedStream {
  private var state: UInt64

  init(seed: UInt64, key: String) {
    var hash = KeyedStream.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
    for byte in key.utf8 { hash = KeyedStream.mix(hash ^ UInt64(byte) &* 0x9E37_79B9_7F4A_7C15) }
    state = hash
  }

  /// A number in 0..<1 with 53 random bits.
  mutating func unit() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Double(KeyedStream.mix(state) >> 11) * 0x1p-53
  }

  /// A number of the standard normal distribution (Box–Muller).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * Double.pi * unit())
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
