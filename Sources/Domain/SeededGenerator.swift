/// What a stream of random numbers is for; part of its key, so that streams never overlap.
package enum RandomPurpose: UInt64, Sendable {
  case split = 1, initialisation, dataOrder, augmentation, dropout, proposal, sample, finalSeed,
    control, path, bootstrap
}

/// A counter-based generator: the n-th number is a hash of (key, n), so any stream can be replayed.
///
/// - Source: Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators" (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator, Codable, Hashable, Sendable {
  private var state: UInt64

  /// The stream that starts from `seed` itself: the reference SplitMix64 sequence.
  package init(seed: UInt64) {
    state = seed
  }

  /// The stream of one purpose of one trial (0: the job itself) of a job, at one step.
  package init(jobSeed: UInt64, trial: Int = 0, purpose: RandomPurpose, step: Int = 0) {
    var key = SeededGenerator.mix(jobSeed &+ 0x9E37_79B9_7F4A_7C15)
    for part in [
      UInt64(truncatingIfNeeded: trial), purpose.rawValue, UInt64(truncatingIfNeeded: step),
    ] {
      key = SeededGenerator.mix(key ^ SeededGenerator.mix(part &+ 0x9E37_79B9_7F4A_7C15))
    }
    state = key
  }

  /// The next 64 random bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SeededGenerator.mix(state)
  }

  /// A number in 0..<1 with 53 random bits.
  package mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A whole number in 0..<bound without bias (Lemire's method); `bound` must be positive.
  package mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "bound must be positive")
    let range = UInt64(bound)
    let threshold = (0 &- range) % range
    while true {
      let product = next().multipliedFullWidth(by: range)
      if product.low >= threshold { return Int(product.high) }
    }
  }

  /// A permutation of the elements (Fisher–Yates).
  package mutating func shuffled<Element>(_ elements: some Sequence<Element>) -> [Element] {
    var result = Array(elements)
    for last in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(last, below(last + 1))
    }
    return result
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
