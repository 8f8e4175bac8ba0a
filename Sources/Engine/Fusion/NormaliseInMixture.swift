/// Lets a mixture normalise the branches that end in a batch norm without scale and shift, so that no
/// normalised tensor is ever stored; and leaves its zeros out.
///
/// The pattern is batch norm → mixture, where nothing else reads the batch norm; it becomes `CK_MIX`
/// over what the batch norm read, with the statistics of the batch measured apart.
enum NormaliseInMixture: GraphRule {
  static func apply(_ network: Network) -> Network {
    var readers = Array(repeating: 0, count: network.graph.count)
    readers[network.output.index] += 1
    for entry in network.graph.entries {
      for input in entry.inputs { readers[input.index] += 1 }
    }
    return network.rebuilt { graph, operation, entry, old in
      guard operation.isA(Mixture.self), var mixture = operation as? Mixture else {
        return graph.append(entry)
      }
      let originals = network.graph.entries[old.index].inputs
      var inputs: [Graph.Node] = []
      var (slots, norms): ([Int], [BatchNorm?]) = ([], [])
      var parameters = entry.parameters
      for (position, input) in entry.inputs.enumerated() {
        let branch = graph.entries[input.index]
        let last = branch.operation
        if let last, last.isA(Zero.self) { continue }
        slots.append(mixture.slots[position])
        let ends = mixture.norms[position] == nil && (last?.isA(BatchNorm.self) ?? false)
        let norm = ends ? last as? BatchNorm : nil
        if let norm, !norm.affine, !norm.activates, readers[originals[position].index] == 1 {
          norms.append(norm)
          parameters += branch.parameters
          inputs.append(branch.inputs[0])
        } else {
          norms.append(mixture.norms[position])
          inputs.append(input)
        }
      }
      if inputs.isEmpty { return entry.inputs[0] }
      (mixture.slots, mixture.norms) = (slots, norms)
      var changed = entry
      (changed.operation, changed.inputs, changed.parameters) = (mixture, inputs, parameters)
      return graph.append(changed)
    }
  }
}
