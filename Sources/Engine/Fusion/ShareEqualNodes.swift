/// Computes once what is asked for twice, such as the ReLU that every edge of a cell begins with.
enum ShareEqualNodes: GraphRule {
  static func apply(_ network: Network) -> Network {
    // By the first input: what is computed from it and may be shared.
    var known: [[Graph.Node]] = Array(repeating: [], count: network.graph.count)
    return network.rebuilt { graph, operation, entry, _ in
      // Two dropouts draw different masks; two layers of one key share weights, not statistics.
      guard entry.parameters.isEmpty, let first = entry.inputs.first,
        !operation.isA(Dropout.self), !operation.isA(DropPath.self)
      else {
        return graph.append(entry)
      }
      let equal = known[first.index].first {
        graph.entries[$0.index].inputs == entry.inputs
          && operation.isEqual(to: graph.entries[$0.index].operation)
      }
      if let equal { return equal }
      let node = graph.append(entry)
      known[first.index].append(node)
      return node
    }
  }
}

extension Operation {
  /// Whether another operation is of the same kind and has the same numbers.
  fileprivate func isEqual(to other: (any Operation)?) -> Bool {
    guard let other, other.isA(Self.self) else { return false }
    return (other as? Self) == self
  }
}
