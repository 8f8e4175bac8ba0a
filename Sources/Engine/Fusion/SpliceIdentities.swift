/// Lets the readers of an operation that changes nothing read its input.
enum SpliceIdentities: GraphRule {
  static func apply(_ network: inout Network) {
    network.rewrite { graph, node in
      changesNothing(node, graph) ? graph.entries[node.index].inputs[0] : nil
    }
  }

  private static func changesNothing(_ node: Graph.Node, _ graph: Graph) -> Bool {
    switch graph.entries[node.index].type {
    case ObjectIdentifier(Identity.self): true
    case ObjectIdentifier(Add.self), ObjectIdentifier(Concat.self):
      graph.entries[node.index].inputs.count == 1
    case ObjectIdentifier(SpatialPad.self):
      graph.shape(of: node) == graph.shape(of: graph.entries[node.index].inputs[0])
    case ObjectIdentifier(Dropout.self):
      (graph.entries[node.index].operation as? Dropout)?.rate == 0
    case ObjectIdentifier(DropPath.self):
      (graph.entries[node.index].operation as? DropPath)?.rate == 0
    default: false
    }
  }
}
