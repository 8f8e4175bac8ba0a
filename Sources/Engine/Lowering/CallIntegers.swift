internal import CKernels

/// The integers of a kernel call by their roles, kept in one piece; what is not said is 0.
struct CallIntegers: Sendable, ExpressibleByArrayLiteral {
  private var values = InlineArray<16, Int32>(repeating: 0)
  /// That of `CK_I_PIXELS`, which may be large.
  private var pixels = 0

  init(arrayLiteral elements: (role: Int, value: Int)...) {
    for (role, value) in elements { self[role] = value }
  }

  subscript(role: Int) -> Int {
    get { role == CK_I_PIXELS ? pixels : Int(values[role]) }
    set {
      if role == CK_I_PIXELS { pixels = newValue } else { values[role] = Int32(newValue) }
    }
  }

  /// Those of both; no role may be said twice.
  static func + (first: CallIntegers, second: CallIntegers) -> CallIntegers {
    var sum = first
    for role in sum.values.indices { sum.values[role] &+= second.values[role] }
    sum.pixels &+= second.pixels
    return sum
  }

  /// All roles whose number is not 0, with it.
  func forEach(_ body: (Int, Int) -> Void) {
    for role in values.indices where self[role] != 0 { body(role, self[role]) }
  }
}
