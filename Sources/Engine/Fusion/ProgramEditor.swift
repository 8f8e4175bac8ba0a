internal import CKernels

/// A program under rewriting, with an index of who reads and writes every piece of memory.
struct ProgramEditor {
  /// One access of an instruction.
  struct Use {
    private let call: Int32
    private let place: Int32

    init(instruction: Int, operand: Int) {
      (call, place) = (Int32(instruction), Int32(operand))
    }

    var instruction: Int { Int(call) }
    var operand: Int { Int(place) }
  }

  /// A block of a value: half-open ranges of rows, columns and channels within its root.
  struct Box: Equatable {
    var rows: Range<Int>
    var columns: Range<Int>
    var channels: Range<Int>

    func overlaps(_ other: Box) -> Bool {
      rows.overlaps(other.rows) && columns.overlaps(other.columns)
        && channels.overlaps(other.channels)
    }
  }

  private(set) var program: Program
  /// Who touches each root, in running order: a stretch of one list by the index of the root.
  private var uses: [Use] = []
  private var stretches: [Range<Int>]
  private var isRemoved: [Bool]

  init(_ program: consuming Program) {
    self.program = program
    isRemoved = Array(repeating: false, count: program.instructions.count)
    let roots = program.roots()
    var counts = Array(repeating: 0, count: program.values.count)
    var total = 0
    for index in program.instructions.indices {
      for operand in program.instructions[index].operands {
        counts[roots[operand.value.index].index] += 1
        total += 1
      }
    }
    stretches = []
    stretches.reserveCapacity(counts.count)
    var start = 0
    for count in counts {
      stretches.append(start..<start + count)
      start += count
    }
    // As many again for stretches that move.
    uses.reserveCapacity(2 * total)
    uses.append(contentsOf: repeatElement(Use(instruction: 0, operand: 0), count: total))
    var next = stretches.map(\.lowerBound)
    for index in program.instructions.indices {
      for (place, operand) in program.instructions[index].operands.enumerated() {
        let root = roots[operand.value.index].index
        uses[next[root]] = Use(instruction: index, operand: place)
        next[root] += 1
      }
    }
  }

  /// The program without what was removed.
  consuming func finished() -> Program {
    var end = 0
    for index in isRemoved.indices where !isRemoved[index] {
      if end < index { program.instructions[end] = program.instructions[index] }
      end += 1
    }
    program.instructions.removeSubrange(end...)
    return program
  }

  /// Instructions that are still there and call such a kernel, in running order.
  func calls(of isSought: (ck_op) -> Bool) -> [Int] {
    program.instructions.indices.filter {
      isSought(program.instructions[$0].kernel) && !isRemoved[$0]
    }
  }

  /// The same of one kernel.
  func calls(of kernel: ck_op) -> [Int] { calls { $0 == kernel } }

  /// Every access to memory of a value, in running order.
  func accesses(_ value: Value) -> [Use] {
    let box = box(of: value)
    return uses[stretches[program.root(value).index]].filter {
      let other = operand($0).value
      return !isRemoved[$0.instruction] && (other == value || self.box(of: other).overlaps(box))
    }
  }

  /// The first and the last access to memory of a value; the same as of `accesses`, at less cost.
  func ends(_ value: Value) -> (first: Use, last: Use)? {
    let box = box(of: value)
    func counts(_ use: Use) -> Bool {
      let other = operand(use).value
      return !isRemoved[use.instruction] && (other == value || self.box(of: other).overlaps(box))
    }
    let stretch = stretches[program.root(value).index]
    guard let first = stretch.first(where: { counts(uses[$0]) }),
      let last = stretch.last(where: { counts(uses[$0]) })
    else { return nil }
    return (uses[first], uses[last])
  }

  func operand(_ use: Use) -> Instruction.Operand {
    program.instructions[use.instruction].operands[use.operand]
  }

  /// What a value covers of its root.
  func box(of value: Value) -> Box {
    let shape = program[value].shape
    var (row, column, channel) = (0, 0, 0)
    var current = value
    while case .part(let whole, let rows, let columns, let channels) = program[current].home {
      row += Int(rows)
      column += Int(columns)
      channel += Int(channels)
      current = whole
    }
    return Box(
      rows: row..<row + shape.height, columns: column..<column + shape.width,
      channels: channel..<channel + shape.channels)
  }

  /// Whether two instructions run at the same times.
  func runTogether(_ first: Int, _ second: Int) -> Bool {
    program.instructions[first].gate == program.instructions[second].gate
  }

  /// Whether two values are the same memory.
  func isSame(_ first: Value, _ second: Value) -> Bool {
    program.root(first) == program.root(second) && box(of: first) == box(of: second)
  }

  /// Whether a value may share its memory with others of the arena.
  func isFree(_ value: Value) -> Bool {
    let root = program[program.root(value)]
    return root.home == .arena && !root.isKept && !program[value].isKept
  }

  /// Lets two values share their memory.
  ///
  /// - Returns: false, and nothing changes, where that cannot be.
  mutating func unify(_ first: Value, _ second: Value) -> Bool {
    let roots = (program.root(first), program.root(second))
    guard program.unify(first, second) else { return false }
    let root = program.root(first)
    let other = root == roots.0 ? roots.1 : roots.0
    let (mine, theirs) = (stretches[root.index], stretches[other.index])
    stretches[other.index] = 0..<0
    guard !theirs.isEmpty else { return true }
    let start = uses.count
    var (one, two) = (mine.lowerBound, theirs.lowerBound)
    while one < mine.upperBound || two < theirs.upperBound {
      let isMine =
        two == theirs.upperBound
        || (one < mine.upperBound && uses[one].instruction <= uses[two].instruction)
      uses.append(uses[isMine ? one : two])
      if isMine { one += 1 } else { two += 1 }
    }
    stretches[root.index] = start..<uses.count
    return true
  }

  mutating func remove(_ instruction: Int) {
    isRemoved[instruction] = true
  }

  /// Puts another instruction in the place of one.
  mutating func replace(_ index: Int, with instruction: Instruction) {
    // Most have the same operands, or one more.
    let before = program.instructions[index].operands
    let isKept =
      before.count <= instruction.operands.count
      && before.indices.allSatisfy { before[$0].value == instruction.operands[$0].value }
    if !isKept {
      for operand in before { dropUses(of: program.root(operand.value).index, by: index) }
    }
    program.instructions[index] = instruction
    for place in (isKept ? before.count : 0)..<instruction.operands.count {
      let root = program.root(instruction.operands[place].value)
      addUse(of: root.index, Use(instruction: index, operand: place))
    }
  }

  private mutating func dropUses(of root: Int, by instruction: Int) {
    var end = stretches[root].lowerBound
    for place in stretches[root] where uses[place].instruction != instruction {
      uses[end] = uses[place]
      end += 1
    }
    stretches[root] = stretches[root].lowerBound..<end
  }

  private mutating func addUse(of root: Int, _ use: Use) {
    let stretch = stretches[root]
    let start = uses.count
    var isIn = false
    for place in stretch {
      if !isIn, uses[place].instruction > use.instruction {
        uses.append(use)
        isIn = true
      }
      uses.append(uses[place])
    }
    if !isIn { uses.append(use) }
    stretches[root] = start..<uses.count
  }
}
