/// Applies a ReLU on the way out of the layer before it, where nothing else reads that layer.
///
/// After batch norm the backward pass recomputes the mask, so the normalised tensor is never kept.
enum FuseActivations: GraphRule {
  static func apply(_ network: Network) -> Network {
    var readers = Array(repeating: 0, count: network.graph.count)
    readers[network.output.index] += 1
    for entry in network.graph.entries {
      for input in entry.inputs { readers[input.index] += 1 }
    }
    var fused: [Int: any Operation] = [:]
    func isReLU(_ operation: any Operation) -> Bool { operation.isA(ReLU.self) }
    for entry in network.graph.entries where entry.operation.map(isReLU) ?? false {
      let before = entry.inputs[0].index
      guard readers[before] == 1, let operation = network.graph.entries[before].operation else {
        continue
      }
      fused[before] = activating(operation)
    }
    guard !fused.isEmpty else { return network }
    return network.rebuilt { graph, operation, entry, old in
      if isReLU(operation), fused[network.graph.entries[old.index].inputs[0].index] != nil {
        return entry.inputs[0]
      }
      guard let activated = fused[old.index] else { return graph.append(entry) }
      var changed = entry
      changed.operation = activated
      return graph.append(changed)
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
