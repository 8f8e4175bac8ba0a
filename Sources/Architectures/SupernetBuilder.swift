package import Domain

/// Reads a space's description as the supernet: every choice builds all its branches.
package struct SupernetBuilder: NetworkBuilder {
  package let input = 0
  package let classes: Int
  /// All nodes so far, in topological order; node 0 is the input.
  package private(set) var nodes: [Supernet.Node]
  private var path = ScopePath()

  /// Begins the supernet on one input shape.
  package init(input shape: TensorShape, classes: Int) {
    self.classes = classes
    nodes = [
      Supernet.Node(
        id: 0, role: .layer(.identity), inputs: [], shape: shape, parameters: 0, scope: "input")
    ]
  }

  package func shape(of value: Int) -> TensorShape {
    nodes[value].shape
  }

  package mutating func apply(
    _ layer: Layer, _ inputs: [Int], named name: String
  ) throws -> Int {
    let scope = path.extended(by: name)
    do {
      let shape = try layer.outputShape(inputs.map { nodes[$0].shape })
      nodes.append(
        Supernet.Node(
          id: nodes.count, role: .layer(layer), inputs: inputs, shape: shape,
          parameters: layer.parameterCount(nodes[inputs[0]].shape), scope: scope))
    } catch let error {
      throw SpaceError("\(scope): \(error.message)")
    }
    return nodes.count - 1
  }

  package mutating func scoped<Result>(
    _ name: String, _ body: (inout SupernetBuilder) throws -> Result
  ) throws -> Result {
    let outer = path
    path.append(name)
    defer { path = outer }
    return try body(&self)
  }

  package mutating func choose(
    _ point: Int, among branches: [(inout SupernetBuilder) throws -> Int]
  ) throws -> Int {
    var values: [Int] = []
    for branch in branches { values.append(try branch(&self)) }
    let scope = path.extended(by: "choice")
    let shapes = values.map { nodes[$0].shape }
    guard let shape = shapes.first, shapes.allSatisfy({ $0 == shape }) else {
      throw SpaceError(
        "\(scope): branches must end in one shape, not \(shapes.map(\.description))")
    }
    nodes.append(
      Supernet.Node(
        id: nodes.count, role: .choice(point: point), inputs: values, shape: shape, parameters: 0,
        scope: scope))
    return nodes.count - 1
  }

  package func pick(_ point: Int) throws -> Int? {
    throw SpaceError(
      "decision point \(point) fixes sizes, so its values cannot stand side by side in a supernet")
  }

  package mutating func note(_ cell: Architecture.Cell) {}
}
