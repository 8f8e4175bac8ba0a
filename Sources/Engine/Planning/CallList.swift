internal import CKernels

/// One pass as a flat list of kernel calls, ready to run on any arena of its plan.
struct CallList: Sendable {
  let calls: [ck_call]
  /// Calls up to the loss and with it.
  private var forwardCount = 0
  /// The calls up to the loss that move running statistics, and those that drop at random.
  private var movers: [Int] = []
  private var droppers: [Int] = []

  init(
    _ program: Program, _ geometry: Geometry, _ layout: ArenaLayout, _ placed: ArenaLayout.Placed,
    meetings: Meetings, thread: Int, kernels: KernelSet, gates: inout GateTable
  ) throws(ShapeError) {
    var geometry = geometry
    geometry.thread = thread
    var calls: [ck_call] = []
    var gate = (of: Gate.open, number: 0)
    calls.reserveCapacity(program.instructions.count + meetings.instructions.count)
    for (index, instruction) in program.instructions.enumerated() {
      if meetings.instructions.contains(index) {
        calls.append(CallList.meeting(program.threads, layout, kernels))
      }
      if instruction.kernel == CK_SOFTMAX_CROSS_ENTROPY {
        forwardCount = calls.count + (thread > 0 ? 0 : 1)
      }
      if instruction.isSingle, thread > 0 { continue }
      switch instruction.kernel {
      case CK_BATCH_NORM, CK_BATCH_STATISTICS: movers.append(calls.count)
      case CK_DROPOUT: droppers.append(calls.count)
      default: break
      }
      guard let kernel = ck_find(kernels.isa, instruction.kernel) else {
        throw ShapeError(
          operation: "plan",
          message: "instruction set is \(kernels); this processor can run "
            + InstructionSet.supported.map(\.rawValue).joined(separator: ", "))
      }
      if instruction.gate != gate.of {
        gate = (instruction.gate, gates.number(instruction.gate))
      }
      calls.append(ck_new_call(kernel))
      let place = calls.count - 1
      calls[place].gate = Int64(gate.number)
      instruction.fill(&calls[place], geometry) {
        layout.offset($0, placed, thread: thread)
      }
      if let scratch = placed.scratch[index] {
        let count = Int64(scratch.elements)
        ck_set_view(
          &calls[place], Int32(CK_V_SCRATCH),
          ck_view(
            offset: Int64(layout.roomOffset(scratch.offset, thread: thread)), n: 1, h: 1, w: 1,
            c: Int32(clamping: scratch.elements), sn: count, sh: count, sw: count, halo: 0))
      }
    }
    self.calls = calls
  }

  /// A call that waits for all threads.
  private static func meeting(
    _ threads: Int, _ layout: ArenaLayout, _ kernels: KernelSet
  ) -> ck_call {
    var call = ck_new_call(ck_barrier)
    ck_set_view(
      &call, Int32(CK_V_X),
      ck_view(
        offset: Int64(layout.start(.barrier)), n: 1, h: 1, w: 1, c: 1, sn: 1, sh: 1,
        sw: 1, halo: 0))
    ck_set_integer(&call, Int32(CK_I_PARTS), Int64(threads))
    ck_set_integer(&call, Int32(CK_I_PIXELS), Int64(kernels.elementBytes))
    return call
  }

  /// The part up to the loss, dropping nothing at random and leaving running statistics alone.
  var scoring: CallList {
    var calls = Array(calls.prefix(forwardCount))
    for place in movers where place < forwardCount {
      ck_set_view(&calls[place], Int32(CK_V_RUNNING_MEAN), ck_absent())
      ck_set_view(&calls[place], Int32(CK_V_RUNNING_VAR), ck_absent())
    }
    for place in droppers where place < forwardCount {
      ck_set_real(&calls[place], Int32(CK_F_RATE), 0)
    }
    return CallList(calls: calls)
  }

  private init(calls: [ck_call]) {
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
