internal import Domain

/// A cell in which each node adds two operations on earlier states.
///
/// State 0 is the output of the cell before the previous one, state 1 that of the previous cell, node n
/// makes state n + 2; the cell's output is the concatenation of its nodes.
///
/// - Source: Liu et al. 2019, arXiv:1806.09055, §2.1.
package struct DARTSCell: Hashable, Sendable {
  /// One operation on one state.
  package struct Branch: Hashable, Sendable {
    package let operation: DARTSOperation
    package let input: Int

    package init(_ operation: DARTSOperation, _ input: Int) {
      self.operation = operation
      self.input = input
    }
  }

  /// The two branches of every node, that of the earlier state first.
  package let nodes: [[Branch]]

  package init(_ nodes: [[Branch]]) {
    self.nodes = nodes
  }

  /// The pairs of states that node `node` may read, those of earlier nodes first.
  static func pairs(ofNode node: Int) -> [(Int, Int)] {
    (1..<node + 2).flatMap { later in (0..<later).map { ($0, later) } }
  }

  /// The number of the edge from a state to a node, in the published order: by node, then by state.
  static func edge(from state: Int, to node: Int) -> Int {
    (0..<node).reduce(state) { $0 + $1 + 2 }
  }

  /// `sep_conv_3x3(0) sep_conv_3x3(1) | …`, one part a node.
  var code: String {
    nodes.map { branches in
      branches.map { "\($0.operation.rawValue)(\($0.input))" }.joined(separator: " ")
    }.joined(separator: " | ")
  }

  /// The figure of the cell.
  func figure(_ name: String, repeats: [String]) -> Architecture.Cell {
    let output = nodes.count + 2
    let edges = nodes.enumerated().flatMap { node, branches in
      branches.map {
        Architecture.Cell.Edge(
          from: $0.input, to: node + 2, operation: $0.operation.rawValue, isLive: true)
      }
    }
    return Architecture.Cell(
      name: name,
      states: ["before", "previous"] + nodes.indices.map { "node \($0 + 1)" } + ["output"],
      edges: edges
        + nodes.indices.map {
          Architecture.Cell.Edge(from: $0 + 2, to: output, operation: "concat", isLive: true)
        },
      repeats: repeats)
  }
}
