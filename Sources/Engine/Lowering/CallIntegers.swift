internal import CKernels

/// The integers of a kernel call by their roles, kept in one small piece; what is not said is 0.
struct CallIntegers: Sendable, ExpressibleByArrayLiteral {
  private var small = InlineArray<16, Int16>(repeating: 0)
  // Of the roles whose numbers may be larger.
  private var pixels = 0
  private var groups: Int32 = 0
  private var layer: Int32 = 0

  init() {}

  init(arrayLiteral elements: (role: Int, value: Int)...) {
    for (role, value) in elements { self[role] = value }
  }

  subscript(role: Int) -> Int {
    get {
      switch role {
      case CK_I_PIXELS: pixels
      case CK_I_GROUPS: Int(groups)
      case CK_I_CALL: Int(layer)
      default: Int(small[role])
      }
    }
    set {
      switch role {
      case CK_I_PIXELS: pixels = newValue
      case CK_I_GROUPS: groups = Int32(newValue)
      case CK_I_CALL: layer = Int32(newValue)
      default: small[role] = Int16(newValue)
      }
    }
  }

  /// Those of both; no role may be said twice.
  static func + (first: CallIntegers, second: CallIntegers) -> CallIntegers {
    var sum = first
    for role in sum.small.indices { sum.small[role] &+= second.small[role] }
    sum.pixels &+= second.pixels
    sum.groups &+= second.groups
    sum.layer &+= second.layer
    return sum
  }

  /// Gives them to a call.
  func fill(_ call: UnsafeMutablePointer<ck_call>) {
    for role in small.indices { ck_set_integer(call, Int32(role), Int64(small[role])) }
    if pixels != 0 { ck_set_integer(call, Int32(CK_I_PIXELS), Int64(pixels)) }
    if groups != 0 { ck_set_integer(call, Int32(CK_I_GROUPS), Int64(groups)) }
    if layer != 0 { ck_set_integer(call, Int32(CK_I_CALL), Int64(layer)) }
  }
}
