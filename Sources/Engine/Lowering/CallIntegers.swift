/// The integers of a kernel call by their roles, kept in one piece; what is not said is 0.
struct CallIntegers: Sendable, ExpressibleByArrayLiteral {
  private var values = SIMD16<Int>(repeating: 0)

  init(arrayLiteral elements: (role: Int, value: Int)...) {
    for (role, value) in elements { values[role] = value }
  }

  subscript(role: Int) -> Int {
    get { values[role] }
    set { values[role] = newValue }
  }

  /// Those of both; no role may be said twice.
  static func + (first: CallIntegers, second: CallIntegers) -> CallIntegers {
    var sum = first
    sum.values &+= second.values
    return sum
  }

  /// All roles whose number is not 0, with it.
  func forEach(_ body: (Int, Int) -> Void) {
    for role in values.indices where values[role] != 0 { body(role, values[role]) }
  }
}
