/// Leaves zeros out of sums; a sum of nothing else is zero itself.
enum DropZeros: GraphRule {
  static func apply(_ network: inout Network) {
    network.rewrite { graph, node in
      guard graph.entries[node.index].isA(Add.self) else { return nil }
      let inputs = graph.entries[node.index].inputs
      let rest = inputs.filter { !graph.entries[$0.index].isA(Zero.self) }
      if rest.isEmpty { return inputs[0] }
      if rest.count < inputs.count { graph.entries[node.index].inputs = rest }
      return nil
    }
  }
}
