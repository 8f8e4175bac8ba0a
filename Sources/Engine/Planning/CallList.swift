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
    meetings: Meetings, thread: Int, kernels: KernelTable, gates: inout GateTable
  ) {
    let geometry = Geometry(geometry, thread: thread)
    // By the program's numbers: the plan's.
    let numbers = program.gates.map { gates.number($0) }
    var (forward, movers, droppers): (Int, [Int], [Int]) = (0, [], [])
    // Calls are made where they lie: they are large.
    let capacity = program.instructions.count + meetings.instructions.count
    calls = [ck_call](unsafeUninitializedCapacity: capacity) { calls, count in
      guard let start = calls.baseAddress else { return }
      for index in program.instructions.indices {
        let instruction = program.instructions[index]
        if meetings.instructions.contains(index) {
          CallList.meet(start + count, program.threads, layout, kernels.set)
          count += 1
        }
        if instruction.kernel == CK_SOFTMAX_CROSS_ENTROPY {
          forward = count + (thread > 0 ? 0 : 1)
        }
        if instruction.isSingle, thread > 0 { continue }
        switch instruction.kernel {
        case CK_BATCH_NORM, CK_BATCH_STATISTICS: movers.append(count)
        case CK_DROPOUT: droppers.append(count)
        default: break
        }
        let call = start + count
        count += 1
        ck_begin_call(call, kernels[instruction.kernel])
        call.pointee.gate = Int64(numbers[instruction.gate])
        instruction.fill(call, geometry) { layout.offset($0, placed, thread: thread) }
        guard let scratch = placed.scratch[index] else { continue }
        let elements = Int64(scratch.elements)
        ck_set_view(
          call, Int32(CK_V_SCRATCH),
          ck_view(
            offset: Int64(layout.roomOffset(scratch.offset, thread: thread)), n: 1, h: 1, w: 1,
            c: Int32(clamping: scratch.elements), sn: elements, sh: elements, sw: elements, halo: 0)
        )
      }
    }
    (forwardCount, self.movers, self.droppers) = (forward, movers, droppers)
  }

  /// Makes a call that waits for all threads.
  private static func meet(
    _ call: UnsafeMutablePointer<ck_call>, _ threads: Int, _ layout: ArenaLayout,
    _ kernels: KernelSet
  ) {
    ck_begin_call(call, ck_barrier)
    ck_set_view(
      call, Int32(CK_V_X),
      ck_view(
        offset: Int64(layout.start(.barrier)), n: 1, h: 1, w: 1, c: 1, sn: 1, sh: 1,
        sw: 1, halo: 0))
    ck_set_integer(call, Int32(CK_I_PARTS), Int64(threads))
    ck_set_integer(call, Int32(CK_I_PIXELS), Int64(kernels.elementBytes))
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
