/// The formula that make_golden.py draws its numbers by; identical in both languages.
struct SplitMix {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Evenly in -1..<1, exact in single precision.
  mutating func symmetric() -> Double { Double(next() >> 40) * 0x1p-23 - 1 }

  mutating func values(_ count: Int, scale: Double = 1) -> [Double] {
    (0..<count).map { _ in Double(Float(symmetric() * scale)) }
  }

  mutating func labels(_ count: Int, classes: Int) -> [Int32] {
    (0..<count).map { _ in Int32(next() % UInt64(classes)) }
  }
}
