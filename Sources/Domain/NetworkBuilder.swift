/// What a search space writes its network into: one description, read as a child or as a supernet.
///
/// A child builder follows the genotype and builds one branch of every choice; a supernet builder
/// holds all of them. Weights are keyed by scope, so both give a shared weight the same key.
package protocol NetworkBuilder {
  /// A handle to the output of a node.
  associatedtype Value: Sendable

  /// The data set's sample.
  var input: Value { get }

  /// How many classes the classifier tells apart.
  var classes: Int { get }

  /// The shape of a value.
  func shape(of value: Value) -> TensorShape

  /// Adds one layer at the current scope extended by `name`.
  ///
  /// - Throws: `SpaceError` when the shapes do not fit.
  mutating func apply(_ layer: Layer, _ inputs: [Value], named name: String) throws -> Value

  /// Runs `body` with `name` appended to the scope path.
  mutating func scoped<Result>(
    _ name: String, _ body: (inout Self) throws -> Result
  ) throws -> Result

  /// Builds the branch that the rule takes (child), or all of them (supernet).
  ///
  /// - Parameters:
  ///   - source: what every branch reads; a builder may hand the branches a part of it instead.
  ///   - branches: each is given the source and returns its result; all results have one shape.
  mutating func choose(
    _ rule: ChoiceRule, on source: Value,
    among branches: [(inout Self, Value) throws -> Value]
  ) throws -> Value

  /// Adds the edges that end in one node of a cell.
  ///
  /// - Parameter key: of the node, equal in equal cells; a search may weigh the edges by it.
  mutating func join(_ edges: [Value], named name: String, key: String) throws -> Value

  /// The value index of a point that fixes sizes and so cannot be mixed.
  ///
  /// - Throws: `SpaceError` in a supernet, whose branches must all exist at once.
  func pick(_ point: Int) throws -> Int?

  /// Tells which cell, for the figure, the scopes that follow repeat.
  mutating func note(_ cell: Architecture.Cell)
}

extension NetworkBuilder {
  package mutating func join(_ edges: [Value], named name: String, key: String) throws -> Value {
    try apply(.add, edges, named: name)
  }

  /// Builds the branch that one decision point chose (child), or all of them (supernet).
  package mutating func choose(
    _ point: Int, among branches: [(inout Self) throws -> Value]
  ) throws -> Value {
    try choose(
      ChoiceRule(point: point), on: input,
      among: branches.map { branch in { builder, _ in try branch(&builder) } })
  }
}
