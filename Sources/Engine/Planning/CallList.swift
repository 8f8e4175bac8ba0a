internal import CKernels

/// One pass as a flat list of kernel calls, ready to run on any arena of its plan.
struct CallList: Sendable {
  let calls: [ck_call]

  init(
    _ program: Program, _ geometry: Geometry, _ layout: ArenaLayout, _ placed: ArenaLayout.Placed,
    kernels: KernelSet
  ) throws(ShapeError) {
    var calls: [ck_call] = []
    calls.reserveCapacity(program.instructions.count)
    for (index, instruction) in program.instructions.enumerated() {
      guard let kernel = ck_find(kernels.isa, instruction.kernel) else {
        throw ShapeError(
          operation: "plan",
          message: "instruction set is \(kernels); this processor can run "
            + InstructionSet.supported.map(\.rawValue).joined(separator: ", "))
      }
      var call = instruction.call(kernel, geometry) {
        layout.offset(program.root($0), placed)
      }
      if let scratch = placed.scratch[index] {
        let count = Int64(scratch.elements)
        ck_set_view(
          &call, Int32(CK_V_SCRATCH),
          ck_view(
            offset: Int64(layout.roomOffset(scratch.offset)), n: 1, h: 1, w: 1,
            c: Int32(clamping: scratch.elements), sn: count, sh: count, sw: count, halo: 0))
      }
      calls.append(call)
    }
    self.calls = calls
  }

  /// Elements up to the end of the last view.
  var reach: Int {
    var reach: Int64 = 0
    for call in calls {
      for role in 0..<CK_VIEWS {
        let view = withUnsafePointer(to: call) { ck_get_view($0, Int32(role)) }
        guard view.offset >= 0 else { continue }
        let halo = Int64(view.halo)
        let last =
          Int64(view.n - 1) * view.sn + (Int64(view.h - 1) + halo) * view.sh
          + (Int64(view.w - 1) + halo) * view.sw + Int64(view.c)
        reach = max(reach, view.offset + last)
      }
    }
    return Int(reach)
  }
}
