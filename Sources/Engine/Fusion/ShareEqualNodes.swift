/// Computes once what is asked for twice, such as the ReLU that every edge of a cell begins with.
enum ShareEqualNodes: GraphRule {
  static func apply(_ network: inout Network) {
    // By the first input: what is computed from it and may be shared.
    var known: [[Graph.Node]] = Array(repeating: [], count: network.graph.count)
    network.rewrite { graph, node in
      guard mayBeShared(graph.entries[node.index]) else { return nil }
      let first = graph.entries[node.index].inputs[0].index
      if let equal = known[first].first(where: { areEqual($0, node, graph) }) { return equal }
      known[first].append(node)
      return nil
    }
  }

  /// Two dropouts draw different masks; two layers of one key share weights, not statistics.
  private static func mayBeShared(_ entry: Graph.Entry) -> Bool {
    entry.parameters.isEmpty && !entry.isA(Dropout.self) && !entry.isA(DropPath.self)
  }

  private static func areEqual(_ one: Graph.Node, _ other: Graph.Node, _ graph: Graph) -> Bool {
    guard graph.entries[one.index].type == graph.entries[other.index].type,
      graph.entries[one.index].inputs == graph.entries[other.index].inputs,
      let operation = graph.entries[one.index].operation
    else { return false }
    return operation.isEqual(to: graph.entries[other.index].operation)
  }
}

extension Operation {
  /// Whether another operation is of the same type and has the same numbers.
  fileprivate func isEqual(to other: (any Operation)?) -> Bool {
    (other as? Self) == self
  }
}
