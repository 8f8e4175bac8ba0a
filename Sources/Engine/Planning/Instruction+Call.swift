internal import CKernels

extension Instruction {
  /// Fills in a call that is new, with views whose offsets are moved by `base` of their roots.
  func fill(
    _ call: UnsafeMutablePointer<ck_call>, _ geometry: Geometry, base: (Value) -> Int
  ) {
    for operand in operands
    where geometry.thread == 0 || !self.kernel.belongsToFirst(operand.role) {
      let root = geometry.root(operand.value)
      var view = geometry.view(operand, root)
      view.offset += Int64(base(root))
      ck_set_view(call, Int32(operand.role), view)
    }
    integers.forEach { ck_set_integer(call, Int32($0), Int64($1)) }
    if kernel.drops, let result = operands.last {
      ck_set_integer(call, Int32(CK_I_IMAGE), Int64(geometry.firstImage(of: result.value)))
    }
    reals.forEach { ck_set_real(call, Int32($0), $1) }
  }

  /// Elements of scratch that the kernel wants.
  func scratchElements(_ geometry: Geometry) -> Int {
    guard kernel.wantsScratch else { return 0 }
    var call = ck_new_call(nil)
    fill(&call, geometry) { _ in 0 }
    return Int(ck_scratch(kernel, &call))
  }
}
