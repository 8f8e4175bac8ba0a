package import Domain

/// The network that holds every branch of every choice, each weight once, under the key that the
/// child models give it.
package struct Supernet: Sendable {
  /// A layer, or the place where the branches of a choice meet.
  package struct Node: Hashable, Sendable {
    package enum Role: Hashable, Sendable {
      case layer(Layer)
      /// Inputs are the branches' values, in their order.
      case choice(key: String)
      /// Some neighbouring channels of the input.
      case slice(start: Int, count: Int)
      /// The channels of equally large groups dealt out in turn.
      case shuffle(groups: Int)
    }

    package let id: Int
    package let role: Role
    package let inputs: [Int]
    package let shape: TensorShape
    package let parameters: Int
    package let scope: String
  }

  /// A choice among branches, made at once in all places of its key.
  package struct Choice: Sendable {
    package let key: String
    /// How many there are, at least two: a choice of one is that branch.
    package let branches: Int
    package let rule: ChoiceRule
    /// Whether the branches are the edges that end in a node, which no genotype chooses among.
    package let weighsEdges: Bool
  }

  /// In topological order; node 0 is the input.
  package let nodes: [Node]
  package let output: Int
  /// One for each key, in the order in which the network first meets them.
  package let choices: [Choice]

  /// Reads a space's description with all its branches.
  ///
  /// - Parameters:
  ///   - affine: without, batch norms inside branches have no scale and shift, which would make up for a
  ///     branch's weight in a mixture; names of weights stay the same.
  ///   - partial: sends a part of the channels through edges; their weights are then smaller than those
  ///     of the child models.
  /// - Throws: `SpaceError` when a decision fixes sizes, when branches end in different shapes, or when
  ///   places of one key have different numbers of branches.
  /// - Source: Liu et al. 2019, arXiv:1806.09055, §3.1 (batch norm without learned scales in search).
  package init(
    of space: any SearchSpace, input: TensorShape, classes: Int, affine: Bool = true,
    partial: PartialChannels? = nil
  ) throws {
    var builder = SupernetBuilder(
      input: input, classes: classes, affine: affine, partial: partial)
    output = try space.describe(into: &builder)
    nodes = builder.nodes
    choices = builder.choices
  }

  /// Learned numbers of all branches together.
  package var parameters: Int {
    nodes.reduce(0) { $0 + $1.parameters }
  }

  /// The path of a genotype: the branch of every choice that is active, by key; weighed edges are all
  /// taken, so there is none of theirs.
  package func branches(of genotype: Genotype) -> [String: Int] {
    var result: [String: Int] = [:]
    for choice in choices { result[choice.key] = choice.rule.branch(genotype) }
    return result
  }
}
