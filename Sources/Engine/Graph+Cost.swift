// What a network costs to compute.
extension Graph {
  /// Multiplications of convolutions and linear layers for one sample, in a forward pass.
  package var multiplications: Int {
    nodes.reduce(0) { $0 + multiplications(at: $1) }
  }

  /// The same of one node.
  package func multiplications(at node: Node) -> Int {
    guard let (operation, inputs) = operation(at: node), let first = inputs.first else { return 0 }
    switch operation {
    case let layer as Conv2D:
      return shape(of: node).count * layer.kernel.height * layer.kernel.width
        * shape(of: first).channels / layer.groups
    case let layer as Linear: return layer.units * shape(of: first).count
    default: return 0
    }
  }
}
