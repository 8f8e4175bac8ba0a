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
    case part(of: Value, row: Int, column: Int, channel: Int)
  }

  /// What is known of a value.
  struct Record: Sendable {
    let rows: Int
    let shape: Shape
    var home = Home.arena
    /// Someone reads each sample as one row, so there may be no halo.
    var isDense = false
    /// Every thread has a part of this shape; all parts lie one after the other.
    var isPartial = false
    /// Read after the pass, so never overwritten in it.
    var isKept = false
  }

  /// Threads that share the images of a batch among them.
  let threads: Int
  private(set) var values: [Record] = []
  var instructions: [Instruction] = []
  /// What instructions depend on, by the numbers they know it by; 0 is always open.
  private(set) var gates: [Gate] = [.open]
  private var gateNumbers: [Gate: Int] = [.open: 0]
  private var lastGate = 0

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
