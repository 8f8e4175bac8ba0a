package import Domain
package import Engine

extension Architecture {
  /// The engine's graph of the live nodes and the node of the class scores; keys are scope paths.
  ///
  /// - Parameter keepsDead: also lowers what is on no path from input to output, as the published
  ///   implementations train it.
  /// - Parameter dropsPaths: lowers drop path layers, for a final training; else they are identities.
  /// - Throws: `SpaceError` when no path leads from the input to the output; `ShapeError` from the
  ///   engine.
  package func graph(
    keepsDead: Bool = false, dropsPaths: Bool = false
  ) throws -> (graph: Graph, logits: Graph.Node) {
    let liveness = Liveness(nodes, output: output)
    guard keepsDead || liveness.isLive[output] else {
      throw SpaceError(
        "no path leads from the input to the class scores, so nothing can be learned")
    }
    var graph = Graph()
    var places = [Graph.Node?](repeating: nil, count: nodes.count)
    for node in nodes where keepsDead || liveness.isLive[node.id] {
      let inputs = keepsDead ? node.inputs : liveness.inputs(of: node)
      let sources = inputs.compactMap { places[$0] }
      places[node.id] = try graph.add(node, sources, dropsPaths: dropsPaths)
    }
    guard let logits = places[output] else {
      throw SpaceError("output \(output) is not among the \(nodes.count) nodes")
    }
    return (graph, logits)
  }
}

extension Graph {
  /// Adds what a node stands for; an identity, and a sum or concatenation of one, is its input itself.
  fileprivate mutating func add(
    _ node: Architecture.Node, _ inputs: [Graph.Node], dropsPaths: Bool
  ) throws -> Graph.Node {
    switch node.layer {
    case .identity, .add, .concat:
      if inputs.isEmpty {
        return input(
          Shape(
            height: node.shape.height, width: node.shape.width, channels: node.shape.channels))
      }
      if inputs.count == 1 { return inputs[0] }
      return try node.layer == .concat ? apply(Concat(), inputs) : apply(Add(), inputs)
    case .conv2d(
      let filters, let kernel, let stride, let dilation, let groups, let padding, let bias):
      return try apply(
        Conv2D(
          filters: filters, kernel: (kernel.height, kernel.width),
          stride: (stride.height, stride.width), dilation: dilation, groups: groups,
          padding: (padding.height, padding.width), bias: bias, key: node.scope), inputs)
    case .batchNorm(let affine):
      return try apply(BatchNorm(affine: affine, key: node.scope), inputs)
    case .relu: return try apply(ReLU(), inputs)
    case .maxPool(let kernel, let stride, let padding):
      return try apply(MaxPool(kernel: kernel, stride: stride, padding: padding), inputs)
    case .averagePool(let kernel, let stride, let padding):
      return try apply(AveragePool(kernel: kernel, stride: stride, padding: padding), inputs)
    case .globalAveragePool: return try apply(GlobalAveragePool(), inputs)
    case .linear(let units, let bias):
      return try apply(Linear(units: units, bias: bias, key: node.scope), inputs)
    case .zero(let stride): return try apply(Zero(stride: stride), inputs)
    case .spatialPad(let height, let width):
      return try apply(SpatialPad(height: height, width: width), inputs)
    case .dropout(let rate): return try apply(Dropout(rate: rate), inputs)
    case .dropPath(let rate):
      return dropsPaths && rate > 0 ? try apply(DropPath(rate: rate), inputs) : inputs[0]
    case .shiftedConv(let filters, let stride, let shift):
      return try apply(
        Conv2D(
          filters: filters, kernel: (1, 1), stride: (stride, stride), offset: (shift, shift),
          key: node.scope), inputs)
    }
  }
}
