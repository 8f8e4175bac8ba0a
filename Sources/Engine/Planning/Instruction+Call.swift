internal import CKernels

extension Instruction {
  /// Fills in a call that is new; of views, `offsets` has the offsets of their roots.
  func fill(_ call: UnsafeMutablePointer<ck_call>, _ geometry: Geometry, at offsets: [Int]) {
    for operand in operands
    where geometry.thread == 0 || !self.kernel.belongsToFirst(operand.role) {
      let root = geometry.root(operand.value)
      var view = geometry.view(operand, root)
      view.offset += Int64(offsets[root.index])
      ck_set_view(call, Int32(operand.role), view)
    }
    integers.fill(call)
    if reals > 0 { geometry.reals(of: self).fill(call) }
    if kernel.drops, let result = operands.last {
      ck_set_integer(call, Int32(CK_I_IMAGE), Int64(geometry.firstImage(of: result.value)))
    }
  }

  /// Elements of scratch that the kernel wants.
  func scratchElements(_ geometry: Geometry) -> Int {
    guard kernel.wantsScratch else { return 0 }
    var call = ck_new_call(nil)
    fill(&call, geometry, at: geometry.noOffsets)
    return Int(ck_scratch(kernel, &call))
  }
}
