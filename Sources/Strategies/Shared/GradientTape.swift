/// A calculation on vectors that remembers its steps, so that gradients can be taken back through it.
///
/// Plain double precision in a fixed order: the same bits on every processor.
///
/// - Source: Griewank & Walther 2008, "Evaluating Derivatives", ch. 3 (reverse accumulation).
struct GradientTape {
  /// A vector on the tape.
  struct Node: Hashable, Sendable {
    fileprivate let index: Int
  }

  private enum Operation {
    case constant
    /// Some of the weights as they are.
    case weights(start: Int)
    /// x W + b; W by rows of inputs.
    case affine(Node, weight: Int, bias: Int)
    case add(Node, Node)
    case multiply(Node, Node)
    case sigmoid(Node)
    case tanh(Node)
    case join(Node, Node)
    case slice(Node, start: Int)
  }

  private let weights: [Double]
  private var operations: [Operation] = []
  private var values: [[Double]] = []

  init(_ weights: [Double]) {
    self.weights = weights
  }

  subscript(node: Node) -> [Double] { values[node.index] }

  private mutating func push(_ operation: Operation, _ value: [Double]) -> Node {
    operations.append(operation)
    values.append(value)
    return Node(index: values.count - 1)
  }

  mutating func constant(_ value: [Double]) -> Node { push(.constant, value) }

  mutating func weights(_ range: Range<Int>) -> Node {
    push(.weights(start: range.lowerBound), Array(weights[range]))
  }

  /// - Shapes: x [n], weights [n, m] at `weight`, bias [m] at `bias` → [m].
  mutating func affine(_ x: Node, weight: Int, bias: Range<Int>) -> Node {
    let input = self[x]
    var result = Array(weights[bias])
    let columns = result.count
    for (row, value) in input.enumerated() {
      let start = weight + row * columns
      for column in 0..<columns { result[column] += value * weights[start + column] }
    }
    return push(.affine(x, weight: weight, bias: bias.lowerBound), result)
  }

  mutating func add(_ a: Node, _ b: Node) -> Node {
    push(.add(a, b), zip(self[a], self[b]).map { $0 + $1 })
  }

  mutating func multiply(_ a: Node, _ b: Node) -> Node {
    push(.multiply(a, b), zip(self[a], self[b]).map { $0 * $1 })
  }

  mutating func sigmoid(_ x: Node) -> Node {
    push(.sigmoid(x), self[x].map(PortableMath.sigmoid))
  }

  mutating func tanh(_ x: Node) -> Node { push(.tanh(x), self[x].map(PortableMath.tanh)) }

  mutating func join(_ a: Node, _ b: Node) -> Node { push(.join(a, b), self[a] + self[b]) }

  mutating func slice(_ x: Node, _ range: Range<Int>) -> Node {
    push(.slice(x, start: range.lowerBound), Array(self[x][range]))
  }

  /// Adds to `total` the gradient by the weights of the sum of seeds times nodes.
  ///
  /// - Complexity: O(the calculation itself).
  func accumulate(_ seeds: [(node: Node, gradient: [Double])], into total: inout [Double]) {
    var gradients = values.map { [Double](repeating: 0, count: $0.count) }
    for (node, gradient) in seeds {
      for (unit, value) in gradient.enumerated() { gradients[node.index][unit] += value }
    }
    for index in operations.indices.reversed() {
      let dy = gradients[index]
      guard dy.contains(where: { $0 != 0 }) else { continue }
      let y = values[index]
      switch operations[index] {
      case .constant: break
      case .weights(let start):
        for (unit, value) in dy.enumerated() { total[start + unit] += value }
      case .affine(let x, let weight, let bias):
        for (column, value) in dy.enumerated() { total[bias + column] += value }
        for (row, value) in self[x].enumerated() {
          let start = weight + row * dy.count
          var sum = 0.0
          for column in dy.indices {
            total[start + column] += value * dy[column]
            sum += weights[start + column] * dy[column]
          }
          gradients[x.index][row] += sum
        }
      case .add(let a, let b):
        for (unit, value) in dy.enumerated() {
          gradients[a.index][unit] += value
          gradients[b.index][unit] += value
        }
      case .multiply(let a, let b):
        for (unit, value) in dy.enumerated() {
          gradients[a.index][unit] += value * values[b.index][unit]
          gradients[b.index][unit] += value * values[a.index][unit]
        }
      case .sigmoid(let x):
        for (unit, value) in dy.enumerated() {
          gradients[x.index][unit] += value * y[unit] * (1 - y[unit])
        }
      case .tanh(let x):
        for (unit, value) in dy.enumerated() {
          gradients[x.index][unit] += value * (1 - y[unit] * y[unit])
        }
      case .join(let a, let b):
        let split = self[a].count
        for unit in 0..<split { gradients[a.index][unit] += dy[unit] }
        for unit in self[b].indices { gradients[b.index][unit] += dy[split + unit] }
      case .slice(let x, let start):
        for (unit, value) in dy.enumerated() { gradients[x.index][start + unit] += value }
      }
    }
  }
}

extension GradientTape {
  /// What a recurrent layer hands on.
  struct State {
    var output: Node
    var cell: Node
  }

  /// One step of an LSTM; gates in the order input, forget, cell, output.
  ///
  /// - Shapes: input [n], state [h], weights [n + h, 4 · h] at `weight`, bias [4 · h].
  mutating func step(_ input: Node, _ state: State, weight: Int, bias: Range<Int>) -> State {
    let hidden = bias.count / 4
    let gates = affine(join(input, state.output), weight: weight, bias: bias)
    func gate(_ number: Int) -> Range<Int> { number * hidden..<(number + 1) * hidden }
    let take = sigmoid(slice(gates, gate(0)))
    let keep = sigmoid(slice(gates, gate(1)))
    let fresh = tanh(slice(gates, gate(2)))
    let show = sigmoid(slice(gates, gate(3)))
    let cell = add(multiply(keep, state.cell), multiply(take, fresh))
    return State(output: multiply(show, tanh(cell)), cell: cell)
  }
}
