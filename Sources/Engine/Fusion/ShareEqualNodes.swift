/// Computes once what is asked for twice, such as the ReLU that every edge of a cell begins with.
enum ShareEqualNodes: GraphRule {
  private struct Signature: Hashable {
    let operation: AnyHashable
    let inputs: [Graph.Node]
  }

  static func apply(_ network: Network) -> Network {
    var known: [Signature: Graph.Node] = [:]
    return network.rebuilt { graph, operation, entry, _ in
      // Two dropouts draw different masks; two layers of one key share weights, not statistics.
      guard !(operation is Dropout), entry.parameters.isEmpty else {
        return graph.append(entry)
      }
      let signature = Signature(operation: AnyHashable(operation), inputs: entry.inputs)
      if let node = known[signature] { return node }
      let node = graph.append(entry)
      known[signature] = node
      return node
    }
  }
}
