internal import CKernels

/// One pass as a list of kernel calls, ready to run on any arena of its plan.
struct CallList: Sendable {
  /// The calls one after the other, each as long as its views make it.
  let words: [UInt64]
  let count: Int
  /// Where the loss ends, in words and in calls.
  private var forward = (words: 0, count: 0)
  /// Where the calls begin that move running statistics, and those that drop at random.
  private var movers: [Int] = []
  private var droppers: [Int] = []

  init(
    _ program: Program, _ geometry: Geometry, _ layout: ArenaLayout, _ placed: ArenaLayout.Placed,
    meetings: Meetings, thread: Int, kernels: KernelTable, gates: inout GateTable
  ) {
    let geometry = Geometry(geometry, thread: thread)
    let offsets = layout.offsets(placed, thread: thread)
    // By the program's numbers: the plan's.
    let numbers = program.gates.map { gates.number($0) }
    var (count, forward) = (0, (words: 0, count: 0))
    var (movers, droppers): ([Int], [Int]) = ([], [])
    let capacity = program.instructions.reduce(
      meetings.instructions.count * CallList.words(ofViews: 1)
    ) { $0 + CallList.words(ofViews: $1.operands.count + 1) }
    words = [UInt64](unsafeUninitializedCapacity: capacity) { words, end in
      // Calls are made where they lie; makes the next.
      func add(_ fill: (UnsafeMutablePointer<ck_call>) -> Void) {
        guard let start = words.baseAddress else { return }
        let call = UnsafeMutableRawPointer(start + end).assumingMemoryBound(to: ck_call.self)
        fill(call)
        end += Int(call.pointee.bytes) / MemoryLayout<UInt64>.size
        count += 1
      }
      for index in program.instructions.indices {
        let instruction = program.instructions[index]
        if meetings.instructions.contains(index) {
          add { CallList.meet($0, program.threads, layout, kernels.set) }
        }
        if !instruction.isSingle || thread == 0 {
          switch instruction.kernel {
          case CK_BATCH_NORM, CK_BATCH_STATISTICS: movers.append(end)
          case CK_DROPOUT: droppers.append(end)
          default: break
          }
          add { call in
            ck_begin_call(call, kernels[instruction.kernel])
            call.pointee.gate = Int32(numbers[instruction.gate])
            instruction.fill(call, geometry, at: offsets)
            if let scratch = placed.scratch[index] {
              let offset = layout.roomOffset(scratch.offset, thread: thread)
              ck_set_view(
                call, Int32(CK_V_SCRATCH), CallList.vector(at: offset, scratch.elements))
            }
          }
        }
        if instruction.kernel == CK_SOFTMAX_CROSS_ENTROPY { forward = (end, count) }
      }
    }
    (self.count, self.forward) = (count, forward)
    (self.movers, self.droppers) = (movers, droppers)
  }

  private static func words(ofViews count: Int) -> Int {
    let whole = MemoryLayout<ck_call>.stride - Int(CK_VIEWS) * MemoryLayout<ck_view>.stride
    return (whole + count * MemoryLayout<ck_view>.stride) / MemoryLayout<UInt64>.stride
  }

  private static func vector(at offset: Int, _ elements: Int) -> ck_view {
    let stride = Int64(elements)
    return ck_view(
      offset: Int64(offset), n: 1, h: 1, w: 1, c: Int32(clamping: elements), sn: stride,
      sh: stride, sw: stride, halo: 0)
  }

  /// Makes a call that waits for all threads.
  private static func meet(
    _ call: UnsafeMutablePointer<ck_call>, _ threads: Int, _ layout: ArenaLayout,
    _ kernels: KernelSet
  ) {
    ck_begin_call(call, ck_barrier)
    ck_set_view(call, Int32(CK_V_X), vector(at: layout.start(.barrier), 1))
    ck_set_integer(call, Int32(CK_I_PARTS), Int64(threads))
    ck_set_integer(call, Int32(CK_I_PIXELS), Int64(kernels.elementBytes))
  }

  /// The part up to the loss, dropping nothing at random and leaving running statistics alone.
  var scoring: CallList {
    var words = Array(words.prefix(forward.words))
    words.withUnsafeMutableBytes { bytes in
      func call(_ start: Int) -> UnsafeMutablePointer<ck_call>? {
        bytes.baseAddress.map {
          ($0 + start * MemoryLayout<UInt64>.size).assumingMemoryBound(to: ck_call.self)
        }
      }
      for start in movers where start < forward.words {
        ck_remove_view(call(start), Int32(CK_V_RUNNING_MEAN))
        ck_remove_view(call(start), Int32(CK_V_RUNNING_VAR))
      }
      for start in droppers where start < forward.words {
        ck_set_real(call(start), Int32(CK_F_RATE), 0)
      }
    }
    return CallList(words: words, count: forward.count)
  }

  private init(words: [UInt64], count: Int) {
    (self.words, self.count) = (words, count)
  }

  /// Elements up to the end of the last view.
  var reach: Int {
    var reach: Int64 = 0
    words.withUnsafeBytes { bytes in
      var next = bytes.baseAddress?.assumingMemoryBound(to: ck_call.self)
      for _ in 0..<count {
        guard let call = next else { return }
        for role in 0..<CK_VIEWS {
          let view = ck_get_view(call, Int32(role))
          guard view.offset >= 0 else { continue }
          let halo = Int64(view.halo)
          let last =
            Int64(view.n - 1) * view.sn + (Int64(view.h - 1) + halo) * view.sh
            + (Int64(view.w - 1) + halo) * view.sw + Int64(view.c)
          reach = max(reach, view.offset + last)
        }
        next = ck_next(call)
      }
    }
    return Int(reach)
  }
}
