/// Leaves zeros out of sums; a sum of nothing else is zero itself.
enum DropZeros: GraphRule {
  static func apply(_ network: Network) -> Network {
    let entries = network.graph.entries
    func isZero(_ node: Graph.Node) -> Bool {
      entries[node.index].operation?.isA(Zero.self) ?? false
    }
    func isSum(_ operation: any Operation) -> Bool { operation.isA(Add.self) }
    guard
      entries.contains(where: {
        $0.operation.map(isSum) ?? false && $0.inputs.contains(where: isZero)
      })
    else { return network }
    return network.rebuilt { graph, operation, entry, _ in
      guard isSum(operation) else { return graph.append(entry) }
      let rest = entry.inputs.filter {
        !(graph.entries[$0.index].operation?.isA(Zero.self) ?? false)
      }
      if rest.isEmpty { return entry.inputs[0] }
      var sum = entry
      sum.inputs = rest
      return graph.append(sum)
    }
  }
}
