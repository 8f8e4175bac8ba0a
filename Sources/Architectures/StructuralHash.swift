/// A 128-bit hash of a sequence of whole numbers, the same on every machine and in every process.
///
/// Two lanes run side by side with different finalisers, so that both must collide at once.
struct StructuralHash: Hashable, Comparable {
  private(set) var high: UInt64
  private(set) var low: UInt64

  /// The hash of the empty sequence under a tag that keeps kinds of values apart.
  init(_ tag: UInt64) {
    high = StructuralHash.mixHigh(tag)
    low = StructuralHash.mixLow(tag)
  }

  /// Appends a number.
  mutating func append(_ value: UInt64) {
    high = StructuralHash.mixHigh(high ^ StructuralHash.mixHigh(value &+ 0x9E37_79B9_7F4A_7C15))
    low = StructuralHash.mixLow(low ^ StructuralHash.mixLow(value &+ 0xD1B5_4A32_D192_ED03))
  }

  /// Appends a number.
  mutating func append(_ value: Int) {
    append(UInt64(bitPattern: Int64(value)))
  }

  /// Appends another hash.
  mutating func append(_ other: StructuralHash) {
    append(other.high)
    append(other.low)
  }

  static func < (left: StructuralHash, right: StructuralHash) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }

  /// - Source: Steele, Lea & Flood 2014 (SplitMix64's finaliser).
  private static func mixHigh(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// - Source: Appleby 2011, MurmurHash3 (its 64-bit finaliser).
  private static func mixLow(_ value: UInt64) -> UInt64 {
    var z = value &+ 0xA076_1D64_78BD_642F
    z = (z ^ (z >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    z = (z ^ (z >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return z ^ (z >> 33)
  }
}
