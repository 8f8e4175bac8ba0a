/// Lets the readers of an operation that changes nothing read its input.
enum SpliceIdentities: GraphRule {
  static func apply(_ network: Network) -> Network {
    network.rebuilt { graph, operation, entry, _ in
      changesNothing(operation, entry, graph) ? entry.inputs[0] : graph.append(entry)
    }
  }

  private static func changesNothing(
    _ operation: any Operation, _ entry: Graph.Entry, _ graph: Graph
  ) -> Bool {
    switch operation {
    case is Identity: true
    case is Add, is Concat: entry.inputs.count == 1
    case is SpatialPad: entry.shape == graph.shape(of: entry.inputs[0])
    case let dropout as Dropout: dropout.rate == 0
    case let path as DropPath: path.rate == 0
    default: false
    }
  }
}
