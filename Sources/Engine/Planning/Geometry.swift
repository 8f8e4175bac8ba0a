internal import CKernels

/// The strides of every value: which buffers carry a halo, and how parts lie in their wholes.
final class Geometry: Sendable {
  /// Rows shorter than this are walked without a halo: kernels skip the taps outside instead.
  static let haloWidth = 12

  private let program: Program
  /// By the index of a value.
  let roots: [Value]
  /// Zeros kept on every side, by the index of a root.
  let halos: [Int]
  /// Whose calls are made.
  let thread: Int
  /// By the index of a value: 0.
  let noOffsets: [Int]

  init(_ program: Program) {
    self.program = program
    thread = 0
    roots = program.roots()
    halos = Geometry.halos(program, roots)
    noOffsets = Array(repeating: 0, count: roots.count)
  }

  /// The zeros that every root should have around it.
  static func halos(_ program: Program, _ roots: [Value]) -> [Int] {
    var halos = Array(repeating: 0, count: program.values.count)
    for index in program.instructions.indices where program.instructions[index].kernel.usesHalo {
      let instruction = program.instructions[index]
      for operand in instruction.operands {
        let root = roots[operand.value.index]
        halos[root.index] = max(halos[root.index], Geometry.halo(instruction, operand, program))
      }
    }
    for index in program.values.indices {
      let root = roots[index]
      if program.values[index].isDense || program[root].home != .arena { halos[root.index] = 0 }
    }
    return halos
  }

  /// The same for the calls of another thread.
  init(_ other: Geometry, thread: Int) {
    (program, roots, halos, noOffsets) = (other.program, other.roots, other.halos, [])
    self.thread = thread
  }

  /// The value whose memory another lies in.
  func root(_ value: Value) -> Value { roots[value.index] }

  /// The reals of an instruction.
  func reals(of instruction: Instruction) -> CallReals { program.reals[instruction.reals] }

  /// Zeros kept on every side of a value's root.
  func halo(_ root: Value) -> Int { halos[root.index] }

  /// Elements of a root, its halo counted.
  func elements(_ root: Value) -> Int {
    let record = program[root]
    let border = 2 * halos[root.index]
    if record.isPartial { return program.threads * record.shape.count }
    let rows = record.rows > 1 ? images(of: 0, record.rows).count : record.rows
    return rows * (record.shape.height + border) * (record.shape.width + border)
      * record.shape.channels
  }

  /// The images that a thread works on; the first thread has the most.
  private func images(of thread: Int, _ batch: Int) -> Range<Int> {
    let (share, rest) = batch.quotientAndRemainder(dividingBy: program.threads)
    let start = thread * share + min(thread, rest)
    return start..<start + share + (thread < rest ? 1 : 0)
  }

  /// The first of the batch's images that the thread works on.
  func firstImage(of value: Value) -> Int { images(of: thread, program[value].rows).lowerBound }

  /// The view of an operand, with its offset counted from the start of its root.
  func view(_ operand: Instruction.Operand, _ root: Value) -> ck_view {
    let whole = program[root].shape
    let record = program[operand.value]
    if record.isPartial { return partialView(operand, record) }
    let halo = halos[root.index]
    var (row, column, channel) = (halo, halo, 0)
    var current = operand.value
    while case .part(let next, let rows, let columns, let channels) = program[current].home {
      row += Int(rows)
      column += Int(columns)
      channel += Int(channels)
      current = next
    }
    let strideW = whole.channels
    let strideH = (whole.width + 2 * halo) * strideW
    let strideN = (whole.height + 2 * halo) * strideH
    let isFull = record.shape.height == whole.height && record.shape.width == whole.width
    var (first, rows) = (0, record.rows)
    if rows > 1, !operand.isWhole {
      let images = images(of: thread, rows)
      if program[root].home != .arena { first = images.lowerBound }
      rows = images.count
    }
    var view = ck_view(
      offset: Int64(first * strideN + row * strideH + column * strideW + channel), n: Int32(rows),
      h: Int32(record.shape.height), w: Int32(record.shape.width),
      c: Int32(record.shape.channels), sn: Int64(strideN), sh: Int64(strideH),
      sw: Int64(strideW), halo: isFull ? Int32(halo) : 0)
    if operand.isFlat {
      (view.h, view.w, view.c) = (1, 1, view.h * view.w * view.c)
      (view.sh, view.sw) = (view.sn, view.sn)
    }
    return view
  }

  /// The thread's own part of a vector, or all parts one after the other.
  private func partialView(_ operand: Instruction.Operand, _ record: Program.Record) -> ck_view {
    let count = record.shape.channels
    let size = count / Int(operand.part.of)
    let start = operand.isOwn ? thread * count + Int(operand.part.number) * size : 0
    let channels = operand.isOwn ? size : program.threads * count
    return ck_view(
      offset: Int64(start), n: 1, h: 1, w: 1, c: Int32(channels), sn: Int64(channels),
      sh: Int64(channels), sw: Int64(channels), halo: 0)
  }

  /// The halo that a kernel can make use of around what it reads.
  private static func halo(
    _ instruction: Instruction, _ operand: Instruction.Operand, _ program: Program
  ) -> Int {
    guard operand.access == .read, program[operand.value].shape.width >= haloWidth else { return 0 }
    let integers = instruction.integers
    func reach(_ kernel: Int, _ dilation: Int, _ padding: Int) -> Int {
      integers[dilation] * (integers[kernel] - 1) - integers[padding]
    }
    let after = max(
      reach(CK_I_KERNEL_H, CK_I_DILATION_H, CK_I_PAD_TOP),
      reach(CK_I_KERNEL_W, CK_I_DILATION_W, CK_I_PAD_LEFT))
    switch (instruction.kernel, operand.role) {
    case (CK_CONV2D, CK_V_X), (CK_CONV2D_GRAD_WEIGHT, CK_V_X), (CK_DEPTHWISE, CK_V_X),
      (CK_DEPTHWISE_GRAD_WEIGHT, CK_V_X):
      return max(integers[CK_I_PAD_TOP], integers[CK_I_PAD_LEFT], 0)
    case (CK_CONV2D_GRAD_INPUT, CK_V_DY), (CK_DEPTHWISE_GRAD_INPUT, CK_V_DY):
      let isStrided = integers[CK_I_STRIDE_H] > 1 || integers[CK_I_STRIDE_W] > 1
      return isStrided ? 0 : max(after, 0)
    default:
      return 0
    }
  }
}
