package import Domain

/// The network that holds every branch of every choice, each weight once, under the key that the
/// child models give it.
package struct Supernet: Sendable {
  /// A layer, or the place where the branches of a decision point meet.
  package struct Node: Hashable, Sendable {
    package enum Role: Hashable, Sendable {
      case layer(Layer)
      /// Inputs are the branches' values, in the order of the decision point's values.
      case choice(point: Int)
    }

    package let id: Int
    package let role: Role
    package let inputs: [Int]
    package let shape: TensorShape
    package let parameters: Int
    package let scope: String
  }

  /// In topological order; node 0 is the input.
  package let nodes: [Node]
  package let output: Int

  /// Reads a space's description with all its branches.
  ///
  /// - Throws: `SpaceError` when a decision fixes sizes, or when branches end in different shapes.
  package init(of space: any SearchSpace, input: TensorShape, classes: Int) throws {
    var builder = SupernetBuilder(input: input, classes: classes)
    output = try space.describe(into: &builder)
    nodes = builder.nodes
  }

  /// Learned numbers of all branches together.
  package var parameters: Int {
    nodes.reduce(0) { $0 + $1.parameters }
  }
}
