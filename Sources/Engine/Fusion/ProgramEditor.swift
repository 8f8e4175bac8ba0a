/// A program under rewriting, with an index of who reads and writes every piece of memory.
struct ProgramEditor {
  /// One access of an instruction.
  struct Use {
    let instruction: Int
    let operand: Int
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
  private var uses: [[Use]]
  private var isRemoved: [Bool]

  init(_ program: consuming Program) {
    self.program = program
    uses = Array(repeating: [], count: program.values.count)
    isRemoved = Array(repeating: false, count: program.instructions.count)
    var counts = Array(repeating: 0, count: program.values.count)
    for index in program.instructions.indices {
      for operand in program.instructions[index].operands {
        counts[program.root(operand.value).index] += 1
      }
    }
    for (root, count) in counts.enumerated() where count > 0 { uses[root].reserveCapacity(count) }
    for index in program.instructions.indices {
      for (place, operand) in program.instructions[index].operands.enumerated() {
        uses[program.root(operand.value).index].append(Use(instruction: index, operand: place))
      }
    }
  }

  /// The program without what was removed.
  consuming func finished() -> Program {
    guard isRemoved.contains(true) else { return program }
    var kept: [Instruction] = []
    kept.reserveCapacity(isRemoved.count)
    var start = 0
    for index in isRemoved.indices where isRemoved[index] {
      kept.append(contentsOf: program.instructions[start..<index])
      start = index + 1
    }
    kept.append(contentsOf: program.instructions[start...])
    program.instructions = kept
    return program
  }

  /// Instructions that are still there, in running order.
  var indices: [Int] { program.instructions.indices.filter { !isRemoved[$0] } }

  /// Every access to memory of a value, in running order.
  func accesses(_ value: Value) -> [Use] {
    let box = box(of: value)
    return uses[program.root(value).index].filter {
      !isRemoved[$0.instruction] && self.box(of: operand($0).value).overlaps(box)
    }
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
      row += rows
      column += columns
      channel += channels
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
    uses[root.index] = (uses[root.index] + uses[other.index]).sorted {
      $0.instruction < $1.instruction
    }
    uses[other.index] = []
    return true
  }

  mutating func remove(_ instruction: Int) {
    isRemoved[instruction] = true
  }

  /// Puts another instruction in the place of one.
  mutating func replace(_ index: Int, with instruction: Instruction) {
    for operand in program.instructions[index].operands {
      uses[program.root(operand.value).index].removeAll { $0.instruction == index }
    }
    program.instructions[index] = instruction
    for (place, operand) in instruction.operands.enumerated() {
      let root = program.root(operand.value).index
      let position = uses[root].firstIndex { $0.instruction > index } ?? uses[root].count
      uses[root].insert(Use(instruction: index, operand: place), at: position)
    }
  }
}
