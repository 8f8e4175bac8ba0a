internal import Domain

/// Which nodes of a network matter: those on a path from the input to the output.
///
/// A zero layer ends a path. A sum drops the terms that no path reaches; a concatenation keeps them,
/// for they hold its width.
struct Liveness {
  /// For each node, whether the input reaches it.
  let isReached: [Bool]
  /// For each node, whether it is part of the live graph; all false when the output is not reached.
  let isLive: [Bool]

  /// - Complexity: O(nodes + edges).
  init(_ nodes: [Architecture.Node], output: Int) {
    var isReached = [Bool](repeating: false, count: nodes.count)
    for node in nodes {
      if case .zero = node.layer { continue }
      isReached[node.id] = node.inputs.isEmpty || node.inputs.contains { isReached[$0] }
    }
    var isLive = [Bool](repeating: false, count: nodes.count)
    if isReached[output] {
      isLive[output] = true
      for node in nodes.reversed() where isLive[node.id] {
        for input in Liveness.counted(node, isReached) { isLive[input] = true }
      }
    }
    self.isReached = isReached
    self.isLive = isLive
  }

  /// The inputs that count for a live node, repeats included.
  func inputs(of node: Architecture.Node) -> [Int] {
    Liveness.counted(node, isReached)
  }

  private static func counted(_ node: Architecture.Node, _ isReached: [Bool]) -> [Int] {
    guard node.layer == .add, isReached[node.id] else { return node.inputs }
    return node.inputs.filter { isReached[$0] }
  }
}
