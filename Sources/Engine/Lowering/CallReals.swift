internal import CKernels

/// The reals of a kernel call by their roles; what is not said is 0.
struct CallReals: Sendable, ExpressibleByArrayLiteral {
  private var values = InlineArray<5, Double>(repeating: 0)

  init(arrayLiteral elements: (role: Int, value: Double)...) {
    for (role, value) in elements { values[role] = value }
  }

  /// Gives them to a call.
  func fill(_ call: UnsafeMutablePointer<ck_call>) {
    for role in values.indices { ck_set_real(call, Int32(role), values[role]) }
  }
}

extension CallReals: Equatable {
  static func == (first: CallReals, second: CallReals) -> Bool {
    first.values.indices.allSatisfy { first.values[$0] == second.values[$0] }
  }
}
