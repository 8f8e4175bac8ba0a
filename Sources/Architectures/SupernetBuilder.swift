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
  private let partial: PartialChannels?
  private var path = ScopePath()
  /// How many choices the branch being built lies in.
  private var depth = 0

  /// Begins the supernet on one input shape.
  ///
  /// - Parameters:
  ///   - affine: without, batch norms inside branches have no scale and shift.
  ///   - partial: sends a part of the channels through edges.
  package init(
    input shape: TensorShape, classes: Int, affine: Bool = true, partial: PartialChannels? = nil
  ) {
    self.classes = classes
    self.affine = affine
    self.partial = partial
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
    if let partial, rule.isEdge, partial.cuts(shape(of: source).channels) {
      return try chooseOnPart(rule, on: source, partial, among: branches)
    }
    return try mix(rule, on: source, among: branches)
  }

  package mutating func join(_ edges: [Int], named name: String, key: String) throws -> Int {
    guard let partial, partial.weighsEdges else { return try apply(.add, edges, named: name) }
    return try meet(edges, ChoiceRule(key: key) { _ in nil }, weighsEdges: true, named: name)
  }

  /// All branches on one source, and where they meet.
  mutating func mix(
    _ rule: ChoiceRule, on source: Int,
    among branches: [(inout SupernetBuilder, Int) throws -> Int]
  ) throws -> Int {
    depth += 1
    defer { depth -= 1 }
    var values: [Int] = []
    for branch in branches { values.append(try branch(&self, source)) }
    return try meet(values, rule, weighsEdges: false, named: "choice")
  }

  private mutating func meet(
    _ values: [Int], _ rule: ChoiceRule, weighsEdges: Bool, named name: String
  ) throws -> Int {
    let scope = path.extended(by: name)
    let shapes = values.map { nodes[$0].shape }
    guard let shape = shapes.first, shapes.allSatisfy({ $0 == shape }) else {
      throw SpaceError(
        "\(scope): branches must end in one shape, not \(shapes.map(\.description))")
    }
    guard values.count > 1 else { return values[0] }
    try add(
      Supernet.Choice(
        key: rule.key, branches: values.count, rule: rule, weighsEdges: weighsEdges), at: scope)
    return add(.choice(key: rule.key), values, shape, named: name)
  }

  /// Adds a node without parameters, whose shape is known.
  mutating func add(
    _ role: Supernet.Node.Role, _ inputs: [Int], _ shape: TensorShape, named name: String
  ) -> Int {
    nodes.append(
      Supernet.Node(
        id: nodes.count, role: role, inputs: inputs, shape: shape, parameters: 0,
        scope: path.extended(by: name)))
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
