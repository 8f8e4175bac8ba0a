internal import CKernels

extension Instruction {
  /// The kernel's call, with views whose offsets are moved by `base` of their roots.
  func call(
    _ kernel: ck_kernel?, _ geometry: Geometry, base: (Value) -> Int
  ) -> ck_call {
    var call = ck_new_call(kernel)
    for operand in operands
    where geometry.thread == 0 || !self.kernel.belongsToFirst(operand.role) {
      var view = geometry.view(operand)
      view.offset += Int64(base(operand.value))
      ck_set_view(&call, Int32(operand.role), view)
    }
    for (role, value) in integers.enumerated() where value != 0 {
      ck_set_integer(&call, Int32(role), Int64(value))
    }
    for (role, value) in reals.enumerated() where value != 0 {
      ck_set_real(&call, Int32(role), value)
    }
    return call
  }

  /// Elements of scratch that the kernel wants.
  func scratchElements(_ geometry: Geometry) -> Int {
    var call = call(nil, geometry) { _ in 0 }
    return Int(ck_scratch(kernel, &call))
  }
}
