/// A network as a list of operations in an order they can run in; every shape is known.
package struct Graph: Sendable {
  /// A place in one graph: the result of an operation, or the input.
  package struct Node: Hashable, Sendable {
    package let index: Int
  }

  /// What stands at a node; the input has no operation.
  struct Entry: Sendable {
    /// Changed by fusion alone, and only for one of the same type.
    var operation: (any Operation)?
    var inputs: [Node]
    let shape: Shape
    /// Places of its parameters in the table of a plan, in the operation's order; set by the plan.
    var parameters: [Int] = []
    /// The type of the operation, which rules ask for often.
    let type: ObjectIdentifier?

    init(_ operation: (any Operation)?, _ inputs: [Node], _ shape: Shape) {
      (self.operation, self.inputs, self.shape) = (operation, inputs, shape)
      type = operation.map { ObjectIdentifier(Swift.type(of: $0)) }
    }

    var isInput: Bool { type == nil }

    /// Whether the operation is of that very type.
    func isA(_ other: any Operation.Type) -> Bool { type == ObjectIdentifier(other) }
  }

  /// Rewritten by fusion alone.
  var entries: [Entry] = []

  package init() {}

  /// Adds the place where samples of `shape` come in.
  package mutating func input(_ shape: Shape) -> Node {
    append(Entry(nil, [], shape))
  }

  /// Adds an operation on nodes that are already there.
  ///
  /// - Throws: `ShapeError` when the operation cannot work on inputs of these shapes.
  package mutating func apply(
    _ operation: some Operation, _ inputs: [Node]
  ) throws(ShapeError) -> Node {
    var shapes: [Shape] = []
    for input in inputs {
      guard entries.indices.contains(input.index) else {
        throw ShapeError(
          operation: operation.name,
          message: "input \(input.index) is not in the graph, which has \(entries.count) nodes")
      }
      try check(entries[input.index].shape, "input", operation.name)
      shapes.append(entries[input.index].shape)
    }
    let shape = try operation.outputShape(shapes)
    try check(shape, "result", operation.name)
    return append(Entry(operation, inputs, shape))
  }

  /// The shape of one sample at a node.
  package func shape(of node: Node) -> Shape {
    entries[node.index].shape
  }

  /// The operation at a node and what it reads; nil for the input.
  package func operation(at node: Node) -> (any Operation, inputs: [Node])? {
    entries[node.index].operation.map { ($0, entries[node.index].inputs) }
  }

  /// The number of nodes, the input counted.
  package var count: Int { entries.count }

  /// All nodes, in an order they can run in.
  package var nodes: [Node] { entries.indices.map { Node(index: $0) } }

  /// Refuses extents below 1 and samples that no machine holds, so that no later sum overflows.
  private func check(_ shape: Shape, _ what: String, _ operation: String) throws(ShapeError) {
    let limit = 1 << 30
    let (area, areaOverflows) = shape.height.multipliedReportingOverflow(by: shape.width)
    let (count, overflows) = area.multipliedReportingOverflow(by: shape.channels)
    guard shape.height > 0, shape.width > 0, shape.channels > 0, !areaOverflows, !overflows,
      count <= limit
    else {
      throw ShapeError(
        operation: operation,
        message: "\(what) is \(shape); extents must be at least 1 and multiply to at most 2^30")
    }
  }

  /// Says where the parameters of every node are.
  mutating func setParameters(_ places: [[Int]]) {
    for (index, place) in places.enumerated() { entries[index].parameters = place }
  }

  /// Adds a node whose shape is known to be right.
  private mutating func append(_ entry: Entry) -> Node {
    entries.append(entry)
    return Node(index: entries.count - 1)
  }
}
