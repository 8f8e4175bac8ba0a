internal import CKernels

/// Computes again in the backward pass what a batch norm or ReLU wrote in the forward pass, instead of
/// keeping it: what they read is kept anyway, for their own backward pass.
///
/// The pattern is a value that only cheap kernels write, from what is still there when the backward
/// pass first reads it. Those calls are repeated right before, into a buffer of their own; running
/// statistics stay out of it. The values are the same bits.
struct RecomputeActivations {
  /// When the memory of a value is touched.
  fileprivate struct Life {
    /// Calls of the forward pass that write it, and its last.
    var writers: [Int] = []
    var lastForward = -1
    /// Calls of the backward pass, and those of them that write.
    var backward: [Int] = []
    var overwriters: [Int] = []
    /// Whether the first of the backward pass reads it.
    var isReadFirst = false
    /// Whether all touch all of it.
    var isSimple = true

    /// The last instruction that touches the value.
    var last: Int { backward.last ?? lastForward }
  }

  /// More calls than these are not repeated for one value.
  private static let mostCalls = 4

  private var program: Program
  private var lives: [Life]
  /// Roots that are recomputed, and roots that others are recomputed from.
  private var recomputed: Set<Int> = []
  private var needed: Set<Int> = []

  /// The program with all recomputations that spare memory for a good part of the step.
  static func apply(_ program: Program) -> Program {
    guard
      let turn = program.instructions.firstIndex(where: { $0.kernel == CK_SOFTMAX_CROSS_ENTROPY })
    else { return program }
    var rewriting = RecomputeActivations(program, turn)
    return rewriting.rewritten()
  }

  private init(_ program: Program, _ turn: Int) {
    self.program = program
    lives = Array(repeating: Life(), count: program.values.count)
    for (index, instruction) in program.instructions.enumerated() {
      for operand in instruction.operands {
        let root = program.root(operand.value)
        lives[root.index].touch(
          index, operand, isWhole: program.isWhole(operand.value), isForward: index < turn)
      }
    }
  }

  private mutating func rewritten() -> Program {
    let patience = program.instructions.count / 8
    var additions: [(before: Int, instruction: Instruction)] = []
    for index in lives.indices {
      let (value, life) = (Value(index: index), lives[index])
      guard let start = life.backward.first, life.isReadFirst,
        start - life.lastForward > patience,
        program[value].home == .arena, !program[value].isKept, !program[value].isPartial,
        !needed.contains(index),
        let calls = calls(that: value, before: program.instructions.count, at: start),
        calls.count <= RecomputeActivations.mostCalls
      else { continue }
      recomputed.insert(index)
      let copy = program.value(
        program[value].shape, rows: program[value].rows, isDense: program[value].isDense)
      for call in calls { needed.formUnion(sources(of: call)) }
      additions += repeated(calls, into: copy).map { (start, $0) }
      for reader in life.backward { program.redirect(reader, from: value, to: copy) }
    }
    let order = additions.indices.sorted { (additions[$0].before, $0) < (additions[$1].before, $1) }
    program.insert(order.map { additions[$0] })
    return program
  }

  /// The calls that write a value before one of them, if they can be repeated later; nil: they cannot.
  private func calls(that value: Value, before end: Int, at start: Int) -> [Int]? {
    let life = lives[value.index]
    guard life.isSimple else { return nil }
    var calls: [Int] = []
    for writer in life.writers where writer < end {
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

  /// Whether a root still holds at an instruction what an earlier one read.
  private func isThere(_ root: Int, since reader: Int, at start: Int) -> Bool {
    let life = lives[root]
    return !recomputed.contains(root) && life.isSimple && life.last >= start
      && !life.writers.contains { $0 > reader } && !life.overwriters.contains { $0 < start }
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
    _ index: Int, _ operand: Instruction.Operand, isWhole: Bool, isForward: Bool
  ) {
    isSimple = isSimple && isWhole && !operand.isWhole
    guard isForward else {
      if backward.isEmpty { isReadFirst = operand.access == .read }
      if backward.last != index { backward.append(index) }
      if operand.access != .read { overwriters.append(index) }
      return
    }
    lastForward = index
    if operand.access != .read { writers.append(index) }
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
