package import Domain

/// Reads a space's description as the child model of one genotype: every choice takes its one branch.
package struct ChildBuilder: NetworkBuilder {
  package let input = 0
  package let classes: Int
  /// All nodes so far, in topological order; node 0 is the input.
  package private(set) var nodes: [Architecture.Node]
  /// The cells noted for the figure.
  package private(set) var cells: [Architecture.Cell] = []
  private let genotype: Genotype
  private var path = ScopePath()

  /// Begins the network of a genotype on one input shape.
  package init(genotype: Genotype, input shape: TensorShape, classes: Int) {
    self.genotype = genotype
    self.classes = classes
    nodes = [
      Architecture.Node(
        id: 0, layer: .identity, inputs: [], shape: shape, parameters: 0, macs: 0, scope: "input")
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
      let first = nodes[inputs[0]].shape
      nodes.append(
        Architecture.Node(
          id: nodes.count, layer: layer, inputs: inputs, shape: shape,
          parameters: layer.parameterCount(first), macs: layer.macs(first, shape), scope: scope))
    } catch let error {
      throw SpaceError("\(scope): \(error.message)")
    }
    return nodes.count - 1
  }

  package mutating func scoped<Result>(
    _ name: String, _ body: (inout ChildBuilder) throws -> Result
  ) throws -> Result {
    let outer = path
    path.append(name)
    defer { path = outer }
    return try body(&self)
  }

  package mutating func choose(
    _ rule: ChoiceRule, on source: Int,
    among branches: [(inout ChildBuilder, Int) throws -> Int]
  ) throws -> Int {
    if let point = rule.point { _ = try pick(point) }
    guard let value = rule.branch(genotype), branches.indices.contains(value) else {
      let choice = rule.point.map { "decision point \($0)" } ?? "choice \(rule.key)"
      throw SpaceError("\(choice) has no branch; there are \(branches.count)")
    }
    return try branches[value](&self, source)
  }

  package func pick(_ point: Int) throws -> Int? {
    guard genotype.decisions.indices.contains(point) else {
      throw SpaceError(
        "there is no decision point \(point); the genotype has \(genotype.decisions.count)")
    }
    return genotype.decisions[point]
  }

  package mutating func note(_ cell: Architecture.Cell) {
    cells.append(cell)
  }
}
