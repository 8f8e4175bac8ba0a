internal import CKernels

/// Computes again in the backward pass what a batch norm or ReLU wrote in the forward pass, instead of
/// keeping it: what they read is kept anyway, for their own backward pass.
///
/// The pattern is a value that only cheap kernels write, from what is still there when the backward
/// pass first reads it. Those calls are repeated right before, into a buffer of their own; running
/// statistics stay out of it. The values are the same bits.
struct RecomputeActivations {
  /// When the memory of a value is touched; -1: never.
  fileprivate struct Life {
    /// The first and the last call of the forward pass that writes it, and the last that touches it.
    var firstWriter = -1
    var lastWriter = -1
    var lastForward = -1
    /// The first and the last call of the backward pass, and the first that writes.
    var firstBackward = -1
    var lastBackward = -1
    var firstOverwriter = Int.max
    /// Whether the first of the backward pass reads it.
    var isReadFirst = false
    /// Whether all touch all of it, and whether all that write it in the forward pass are cheap.
    var isSimple = true
    var isCheap = true

    /// The last call that touches the value.
    var last: Int { max(lastForward, lastBackward) }
  }

  /// More calls than these are not repeated for one value.
  private static let mostCalls = 4

  private var program: Program
  private var lives: [Life]
  /// Roots that are recomputed, and roots that others are recomputed from.
  private var recomputed: [Bool]
  private var needed: [Bool]

  /// The program with all recomputations that spare memory for a good part of the step.
  static func apply(_ program: consuming Program) -> Program {
    let turn = program.instructions.firstIndex { $0.kernel == CK_SOFTMAX_CROSS_ENTROPY }
    guard let turn else { return program }
    var rewriting = RecomputeActivations(program, turn)
    rewriting.rewrite()
    return rewriting.program
  }

  private init(_ program: consuming Program, _ turn: Int) {
    self.program = program
    lives = Array(repeating: Life(), count: program.values.count)
    recomputed = Array(repeating: false, count: program.values.count)
    needed = recomputed
    let roots = program.roots()
    for index in program.instructions.indices {
      let isCheap = program.instructions[index].isCheap
      for operand in program.instructions[index].operands {
        let root = roots[operand.value.index]
        guard program[root].home == .arena, !program[root].isPartial else { continue }
        lives[root.index].touch(
          index, operand, isCheap: isCheap,
          isWhole: root == operand.value || program.isWhole(operand.value), isForward: index < turn)
      }
    }
  }

  private mutating func rewrite() {
    let patience = program.instructions.count / 8
    var additions: [(before: Int, instruction: Instruction)] = []
    for index in lives.indices {
      let (value, life) = (Value(index: index), lives[index])
      let start = life.firstBackward
      guard life.isReadFirst, life.isCheap, life.firstWriter >= 0,
        start - life.lastForward > patience, !program[value].isKept, !needed[index],
        let calls = calls(that: value, before: program.instructions.count, at: start),
        calls.count <= RecomputeActivations.mostCalls
      else { continue }
      recomputed[index] = true
      let copy = program.value(
        program[value].shape, rows: program[value].rows, isDense: program[value].isDense)
      for call in calls { for source in sources(of: call) { needed[source] = true } }
      additions += repeated(calls, into: copy).map { (start, $0) }
      for reader in start...life.lastBackward { program.redirect(reader, from: value, to: copy) }
    }
    let order = additions.indices.sorted { (additions[$0].before, $0) < (additions[$1].before, $1) }
    program.insert(order.map { additions[$0] })
  }

  /// The calls that write a value before one of them, if they can be repeated later; nil: they cannot.
  private func calls(that value: Value, before end: Int, at start: Int) -> [Int]? {
    let life = lives[value.index]
    guard life.isSimple, life.firstWriter >= 0 else { return nil }
    var calls: [Int] = []
    for writer in life.firstWriter...life.lastWriter where writer < end {
      guard writes(writer, value) else { continue }
      guard program.instructions[writer].isCheap else { return nil }
      for source in sources(of: writer) where source != value.index {
        if isThere(source, since: writer, at: start) { continue }
        guard calls.isEmpty, program.instructions[writer].kernel == CK_RELU,
          let before = self.calls(that: Value(index: source), before: writer, at: start)
        else { return nil }
        calls = before
      }
      calls.append(writer)
    }
    return calls.isEmpty ? nil : calls
  }

  private func writes(_ call: Int, _ value: Value) -> Bool {
    program.instructions[call].operands.contains {
      $0.access != .read && program.root($0.value) == value
    }
  }

  /// Whether a root still holds at an instruction what an earlier one read.
  private func isThere(_ root: Int, since reader: Int, at start: Int) -> Bool {
    let life = lives[root]
    return !recomputed[root] && life.isSimple && life.last >= start
      && life.lastWriter < reader && life.firstOverwriter >= start
  }

  /// The roots of the batch that a call reads.
  private func sources(of call: Int) -> [Int] {
    program.instructions[call].operands.compactMap { operand in
      let root = program.root(operand.value)
      guard program[root].home == .arena, !program[root].isPartial, operand.access == .read else {
        return nil
      }
      return root.index
    }
  }

  /// The calls that write another value in the place of one; a ReLU is done by the call before it.
  private func repeated(_ calls: [Int], into copy: Value) -> [Instruction] {
    var result: [Instruction] = []
    for call in calls {
      let instruction = repeated(call, into: copy, isFirst: call == calls.first)
      if let last = result.last, instruction.kernel == CK_RELU, last.kernel.activates,
        last.integers[CK_I_RELU] == 0, last.gate == instruction.gate
      {
        result[result.count - 1].set(CK_I_RELU, 1)
      } else {
        result.append(instruction)
      }
    }
    return result
  }

  /// A call that writes another value: what it would add to or read in place is there.
  private func repeated(_ call: Int, into copy: Value, isFirst: Bool) -> Instruction {
    var instruction = program.instructions[call]
    if instruction.kernel == CK_BATCH_NORM {
      instruction.operands.removeAll {
        $0.role == CK_V_RUNNING_MEAN || $0.role == CK_V_RUNNING_VAR
      }
    }
    for place in instruction.operands.indices {
      let role = instruction.operands[place].role
      if role == CK_V_Y || (role == CK_V_X && instruction.kernel == CK_RELU && !isFirst) {
        instruction.operands[place].value = copy
      }
    }
    return instruction
  }
}

extension Instruction {
  /// Whether it costs so little that to run it twice is better than to keep what it wrote: a batch
  /// norm, a ReLU, and a term of a sum that a 1 × 1 convolution adds.
  fileprivate var isCheap: Bool {
    switch kernel {
    case CK_BATCH_NORM, CK_RELU: true
    case CK_CONV2D:
      integers[CK_I_KERNEL_H] * integers[CK_I_KERNEL_W] == 1 && integers[CK_I_ACCUMULATE] == 1
    default: false
    }
  }
}

extension RecomputeActivations.Life {
  fileprivate mutating func touch(
    _ index: Int, _ operand: Instruction.Operand, isCheap: Bool, isWhole: Bool, isForward: Bool
  ) {
    isSimple = isSimple && isWhole && !operand.isWhole
    guard isForward else {
      if firstBackward < 0 { (firstBackward, isReadFirst) = (index, operand.access == .read) }
      lastBackward = index
      if operand.access != .read { firstOverwriter = min(firstOverwriter, index) }
      return
    }
    lastForward = index
    guard operand.access != .read else { return }
    if firstWriter < 0 { firstWriter = index }
    lastWriter = index
    self.isCheap = self.isCheap && isCheap
  }
}

extension Program {
  /// Makes an instruction use another value of the same shape in the place of one.
  fileprivate mutating func redirect(_ index: Int, from old: Value, to new: Value) {
    for place in instructions[index].operands.indices
    where root(instructions[index].operands[place].value) == old {
      instructions[index].operands[place].value = new
    }
  }
}
