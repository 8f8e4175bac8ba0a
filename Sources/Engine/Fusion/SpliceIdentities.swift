/// Lets the readers of an operation that changes nothing read its input.
enum SpliceIdentities: GraphRule {
  static func apply(_ network: Network) -> Network {
    let (entries, graph) = (network.graph.entries, network.graph)
    guard entries.contains(where: { changesNothing($0, graph) }) else { return network }
    return network.rebuilt { graph, _, entry, _ in
      changesNothing(entry, graph) ? entry.inputs[0] : graph.append(entry)
    }
  }

  private static func changesNothing(_ entry: Graph.Entry, _ graph: Graph) -> Bool {
    guard let operation = entry.operation else { return false }
    if operation.isA(Identity.self) { return true }
    if operation.isA(Add.self) || operation.isA(Concat.self) { return entry.inputs.count == 1 }
    if operation.isA(SpatialPad.self) { return entry.shape == graph.shape(of: entry.inputs[0]) }
    if operation.isA(Dropout.self) { return (operation as? Dropout)?.rate == 0 }
    if operation.isA(DropPath.self) { return (operation as? DropPath)?.rate == 0 }
    return false
  }
}
