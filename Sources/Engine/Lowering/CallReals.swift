/// The reals of a kernel call by their roles, kept in one piece; what is not said is 0.
struct CallReals: Sendable, ExpressibleByArrayLiteral {
  private var values = InlineArray<5, Double>(repeating: 0)

  init(arrayLiteral elements: (role: Int, value: Double)...) {
    for (role, value) in elements { values[role] = value }
  }

  /// All roles whose number is not 0, with it.
  func forEach(_ body: (Int, Double) -> Void) {
    for role in values.indices where values[role] != 0 { body(role, values[role]) }
  }
}
