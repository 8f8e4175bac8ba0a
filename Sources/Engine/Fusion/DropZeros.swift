/// Leaves zeros out of sums; a sum of nothing else is zero itself.
enum DropZeros: GraphRule {
  static func apply(_ network: Network) -> Network {
    network.rebuilt { graph, operation, entry, _ in
      guard operation is Add else { return graph.append(entry) }
      let rest = entry.inputs.filter { !(graph.entries[$0.index].operation is Zero) }
      if rest.isEmpty { return entry.inputs[0] }
      var sum = entry
      sum.inputs = rest
      return graph.append(sum)
    }
  }
}
