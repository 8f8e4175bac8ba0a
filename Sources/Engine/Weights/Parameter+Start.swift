#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Parameter.Start {
  /// First values of a parameter, in PyTorch's order of axes.
  ///
  /// The stream is keyed by seed and name, so that a layer starts the same in every network that
  /// has it.
  package func draw(_ parameter: Parameter, seed: UInt64) -> [Float] {
    let count = parameter.layout.count
    var stream = KeyedStream(seed: seed, key: parameter.key)
    return [Float](unsafeUninitializedCapacity: count) { values, filled in
      switch self {
      case .constant(let value):
        for index in 0..<count { values[index] = Float(value) }
      case .uniform(let bound):
        for index in 0..<count { values[index] = Float((2 * stream.unit() - 1) * bound) }
      case .normal(let deviation):
        for index in 0..<count { values[index] = Float(stream.normal() * deviation) }
      }
      filled = count
    }
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

  /// A number of the standard normal distribution: the quantile of a number in 0..<1.
  ///
  /// - Source: Wichura 1988, "Algorithm AS 241", Applied Statistics 37 (PPND7, error below 1e-7).
  mutating func normal() -> Double {
    let chance = unit() + 0x1p-54
    let q = chance - 0.5
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      let above = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179
      let below = ((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1
      return q * above / below
    }
    var r = (-log(min(chance, 1 - chance))).squareRoot()
    let size: Double
    if r <= 5 {
      r -= 1.6
      let above = ((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777
      size = above / ((0.12021132975 * r + 0.73700164250) * r + 1)
    } else {
      r -= 5
      let above = ((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150
      size = above / ((0.012258202635 * r + 0.24197894225) * r + 1)
    }
    return q < 0 ? -size : size
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
