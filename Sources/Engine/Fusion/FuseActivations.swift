/// Applies a ReLU on the way out of the layer before it, where nothing else reads that layer.
///
/// After batch norm the backward pass recomputes the mask, so the normalised tensor is never kept.
enum FuseActivations: GraphRule {
  static func apply(_ network: inout Network) {
    let readers = network.readers
    network.rewrite { graph, node in
      guard graph.entries[node.index].isA(ReLU.self) else { return nil }
      let before = graph.entries[node.index].inputs[0]
      guard readers[before.index] == 1, let operation = graph.entries[before.index].operation,
        let activated = activating(operation)
      else { return nil }
      graph.entries[before.index].operation = activated
      return before
    }
  }

  /// The layer with a ReLU on the way out; nil when it cannot have one.
  private static func activating(_ operation: any Operation) -> (any Operation)? {
    switch operation {
    case var layer as BatchNorm:
      guard !layer.activates else { return nil }
      layer.activates = true
      return layer
    case var layer as Conv2D:
      guard !layer.activates else { return nil }
      layer.activates = true
      return layer
    case var layer as Linear:
      guard !layer.activates else { return nil }
      layer.activates = true
      return layer
    default: return nil
    }
  }
}
