/// Lets a mixture normalise the branches that end in a batch norm without scale and shift, so that no
/// normalised tensor is ever stored; and leaves its zeros out.
///
/// The pattern is batch norm → mixture, where nothing else reads the batch norm; it becomes `CK_MIX`
/// over what the batch norm read, with the statistics of the batch measured apart.
enum NormaliseInMixture: GraphRule {
  static func apply(_ network: inout Network) {
    let readers = network.readers
    network.rewrite { graph, node in
      guard graph.entries[node.index].isA(Mixture.self),
        let operation = graph.entries[node.index].operation,
        var mixture = operation as? Mixture
      else { return nil }
      let before = graph.entries[node.index].inputs
      var inputs: [Graph.Node] = []
      var (slots, norms): ([Int], [BatchNorm?]) = ([], [])
      for (position, input) in before.enumerated() where !graph.entries[input.index].isA(Zero.self)
      {
        slots.append(mixture.slots[position])
        if let norm = plainNorm(graph.entries[input.index]), readers[input.index] == 1,
          mixture.norms[position] == nil
        {
          norms.append(norm)
          inputs.append(graph.entries[input.index].inputs[0])
          graph.entries[node.index].parameters += graph.entries[input.index].parameters
        } else {
          norms.append(mixture.norms[position])
          inputs.append(input)
        }
      }
      if inputs.isEmpty { return before[0] }
      (mixture.slots, mixture.norms) = (slots, norms)
      graph.entries[node.index].operation = mixture
      graph.entries[node.index].inputs = inputs
      return nil
    }
  }

  /// The batch norm at a node, if it has neither scale and shift nor a ReLU.
  private static func plainNorm(_ entry: Graph.Entry) -> BatchNorm? {
    guard entry.isA(BatchNorm.self), let norm = entry.operation as? BatchNorm, !norm.affine,
      !norm.activates
    else { return nil }
    return norm
  }
}
