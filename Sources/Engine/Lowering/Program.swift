/// A tensor of a program; where it lies is decided by placement.
struct Value: Hashable, Sendable {
  private let number: Int32

  var index: Int { Int(number) }

  init(index: Int) {
    number = Int32(index)
  }
}

/// Kernel calls in running order over values that have no addresses yet.
struct Program: Sendable {
  /// Where the numbers of a value are.
  enum Home: Hashable, Sendable {
    /// Wherever placement finds room while it is alive.
    case arena
    /// In a region that outlives the pass.
    case region(Region, offset: Int)
    /// Inside another value, from this position on.
    case part(of: Value, row: Int32, column: Int32, channel: Int32)
  }

  /// What is known of a value, kept small as instructions are.
  struct Record: Sendable {
    private let batch: Int32
    private let extents: (height: Int32, width: Int32, channels: Int32)
    var home: Home
    /// Someone reads each sample as one row, so there may be no halo.
    var isDense: Bool
    /// Every thread has a part of this shape; all parts lie one after the other.
    var isPartial = false
    /// Read after the pass, so never overwritten in it.
    var isKept = false

    init(rows: Int, shape: Shape, home: Home, isDense: Bool) {
      batch = Int32(rows)
      extents = (Int32(shape.height), Int32(shape.width), Int32(shape.channels))
      (self.home, self.isDense) = (home, isDense)
    }

    var rows: Int { Int(batch) }

    var shape: Shape {
      Shape(
        height: Int(extents.height), width: Int(extents.width), channels: Int(extents.channels))
    }
  }

  /// Threads that share the images of a batch among them.
  let threads: Int
  private(set) var values: [Record] = []
  var instructions: [Instruction] = []
  /// What instructions depend on, by the numbers they know it by; 0 is always open.
  private(set) var gates: [Gate] = [.open]
  private var gateNumbers: [Gate: Int] = [.open: 0]
  private var lastGate = 0
  /// The reals of instructions, by the numbers they know them by; at 0 are none.
  private(set) var reals: [CallReals] = [[]]

  init(threads: Int) {
    self.threads = threads
  }

  /// Makes room for what the nodes of a graph will likely need.
  mutating func reserve(nodes: Int, isTraining: Bool) {
    values.reserveCapacity(isTraining ? 4 * nodes : 2 * nodes)
    instructions.reserveCapacity(isTraining ? 5 * nodes : 2 * nodes)
  }

  /// Adds a value of `rows` samples.
  mutating func value(
    _ shape: Shape, rows: Int, home: Home = .arena, isDense: Bool = false
  ) -> Value {
    values.append(Record(rows: rows, shape: shape, home: home, isDense: isDense))
    return Value(index: values.count - 1)
  }

  /// The number of a gate, new if it has none.
  mutating func number(of gate: Gate) -> Int {
    // Instructions that follow each other mostly run together.
    if gates[lastGate] == gate { return lastGate }
    if let number = gateNumbers[gate] {
      lastGate = number
    } else {
      lastGate = gates.count
      gateNumbers[gate] = lastGate
      gates.append(gate)
    }
    return lastGate
  }

  /// The number of the reals of a call, new if they have none.
  ///
  /// - Complexity: O(different reals); a network has a handful.
  mutating func number(of reals: CallReals) -> Int {
    if let number = self.reals.firstIndex(of: reals) { return number }
    self.reals.append(reals)
    return self.reals.count - 1
  }

  subscript(value: Value) -> Record {
    get { values[value.index] }
    set { values[value.index] = newValue }
  }

  /// The value whose memory this one lies in, in the end.
  func root(_ value: Value) -> Value {
    var current = value
    while case .part(let whole, _, _, _) = values[current.index].home { current = whole }
    return current
  }

  /// The roots of all values.
  func roots() -> [Value] {
    var roots: [Value] = []
    roots.reserveCapacity(values.count)
    for index in values.indices {
      // Wholes mostly come before their parts, and have their roots by then.
      if case .part(let whole, _, _, _) = values[index].home {
        roots.append(whole.index < index ? roots[whole.index] : root(whole))
      } else {
        roots.append(Value(index: index))
      }
    }
    return roots
  }

  /// Lets two values of one shape share their memory; at least one must be free to move.
  ///
  /// - Returns: false, and nothing changes, when neither can move.
  mutating func unify(_ first: Value, _ second: Value) -> Bool {
    guard root(first) != root(second), self[first].shape == self[second].shape,
      self[first].rows == self[second].rows
    else { return false }
    if self[second].home == .arena, !self[second].isDense || isWhole(first) {
      move(second, into: first)
      return true
    }
    guard self[first].home == .arena, !self[first].isDense || isWhole(second) else { return false }
    move(first, into: second)
    return true
  }

  private mutating func move(_ value: Value, into other: Value) {
    if self[value].isKept { self[root(other)].isKept = true }
    self[value].home = .part(of: other, row: 0, column: 0, channel: 0)
  }

  /// Whether a value covers all of its root, so that its samples lie in one piece if the root's do.
  func isWhole(_ value: Value) -> Bool {
    self[root(value)].shape == self[value].shape
  }
}
