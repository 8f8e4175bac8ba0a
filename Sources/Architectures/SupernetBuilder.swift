package import Domain

/// Reads a space's description as the supernet: every choice builds all its branches.
package struct SupernetBuilder: NetworkBuilder {
  package let input = 0
  package let classes: Int
  /// All nodes so far, in topological order; node 0 is the input.
  package private(set) var nodes: [Supernet.Node]
  /// All choices so far, each key once.
  package private(set) var choices: [Supernet.Choice] = []
  private let affine: Bool
  private var path = ScopePath()
  /// How many choices the branch being built lies in.
  private var depth = 0

  /// Begins the supernet on one input shape.
  ///
  /// - Parameter affine: without, batch norms inside branches have no scale and shift.
  package init(input shape: TensorShape, classes: Int, affine: Bool = true) {
    self.classes = classes
    self.affine = affine
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
    let layer = layer == .batchNorm(affine: true) && depth > 0 ? .batchNorm(affine: affine) : layer
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
    _ rule: ChoiceRule, on source: Int,
    among branches: [(inout SupernetBuilder, Int) throws -> Int]
  ) throws -> Int {
    depth += 1
    defer { depth -= 1 }
    var values: [Int] = []
    for branch in branches { values.append(try branch(&self, source)) }
    let scope = path.extended(by: "choice")
    let shapes = values.map { nodes[$0].shape }
    guard let shape = shapes.first, shapes.allSatisfy({ $0 == shape }) else {
      throw SpaceError(
        "\(scope): branches must end in one shape, not \(shapes.map(\.description))")
    }
    guard values.count > 1 else { return values[0] }
    try add(Supernet.Choice(key: rule.key, branches: values.count, rule: rule), at: scope)
    nodes.append(
      Supernet.Node(
        id: nodes.count, role: .choice(key: rule.key), inputs: values, shape: shape, parameters: 0,
        scope: scope))
    return nodes.count - 1
  }

  private mutating func add(_ choice: Supernet.Choice, at scope: String) throws {
    guard let known = choices.first(where: { $0.key == choice.key }) else {
      return choices.append(choice)
    }
    guard known.branches == choice.branches else {
      throw SpaceError(
        "\(scope): choice \(choice.key) has \(choice.branches) branches; elsewhere it has "
          + "\(known.branches)")
    }
  }

  package func pick(_ point: Int) throws -> Int? {
    throw SpaceError(
      "decision point \(point) fixes sizes, so its values cannot stand side by side in a supernet")
  }

  package mutating func note(_ cell: Architecture.Cell) {}
}
