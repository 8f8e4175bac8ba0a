internal import Engine

extension EngineWorkload {
  /// The supernet that DARTS trains: every edge is a mixture of eight operations.
  ///
  /// - Source: Liu et al. 2019, arXiv:1806.09055, §2 and appendix A; the reference implementation's
  ///   `model_search.py`, with cells of 4 nodes.
  static func dartsSupernet(
    _ name: String, _ shape: Shape, batch: Int, channels: Int, layers: Int
  ) -> EngineWorkload {
    EngineWorkload(name: name, batch: batch) { graph throws(ShapeError) in
      var channels = channels
      let input = graph.input(shape)
      var node = try convolution(&graph, input, 3 * channels, kernel: 3, key: "stem.0")
      node = try graph.apply(BatchNorm(key: "stem.1"), [node])
      var (before, last) = (node, node)
      var reducedBefore = false
      for layer in 0..<layers {
        let reduces = layer == layers / 3 || layer == 2 * layers / 3
        if reduces { channels *= 2 }
        let cell = DartsCell(
          key: "cells.\(layer)", channels: channels, reduces: reduces, reducedBefore: reducedBefore)
        let output = try cell.apply(&graph, before, last)
        (before, last, reducedBefore) = (last, output, reduces)
      }
      node = try graph.apply(GlobalAveragePool(), [last])
      return try graph.apply(Linear(units: 10, key: "head"), [node])
    }
  }

  /// A cell of the supernet: two inputs, four nodes, and an edge from every node before.
  private struct DartsCell {
    let key: String
    let channels: Int
    let reduces: Bool
    let reducedBefore: Bool

    private var parts: DartsLayers { DartsLayers(channels: channels, affine: false) }

    private static let nodes = 4
    private static let operations = [
      "none", "max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_3x3", "sep_conv_5x5",
      "dil_conv_3x3", "dil_conv_5x5",
    ]

    func apply(
      _ graph: inout Graph, _ before: Graph.Node, _ last: Graph.Node
    ) throws(ShapeError) -> Graph.Node {
      var states = [
        reducedBefore
          ? try parts.factorizedReduction(&graph, before, "\(key).p0")
          : try parts.preprocessed(&graph, before, "\(key).p0"),
        try parts.preprocessed(&graph, last, "\(key).p1"),
      ]
      var edge = 0
      for _ in 0..<DartsCell.nodes {
        var terms: [Graph.Node] = []
        for (index, state) in states.enumerated() {
          terms.append(try mixture(&graph, state, edge, stride: reduces && index < 2 ? 2 : 1))
          edge += 1
        }
        states.append(try graph.apply(Add(), terms))
      }
      return try graph.apply(Concat(), Array(states.suffix(DartsCell.nodes)))
    }

    private func mixture(
      _ graph: inout Graph, _ from: Graph.Node, _ edge: Int, stride: Int
    ) throws(ShapeError) -> Graph.Node {
      var branches: [Graph.Node] = []
      for (place, operation) in DartsCell.operations.enumerated() {
        let key = "\(key).edges.\(edge).ops.\(place)"
        branches.append(try branch(&graph, from, operation, stride, key))
      }
      return try graph.apply(
        Mixture(branches: branches.count, key: "\(reduces ? "ar" : "an").\(edge)"), branches)
    }

    private func branch(
      _ graph: inout Graph, _ from: Graph.Node, _ operation: String, _ stride: Int, _ key: String
    ) throws(ShapeError) -> Graph.Node {
      switch operation {
      case "none": return try graph.apply(Zero(stride: stride), [from])
      case "max_pool_3x3":
        let pooled = try graph.apply(MaxPool(kernel: 3, stride: stride, padding: 1), [from])
        return try graph.apply(BatchNorm(affine: false, key: "\(key).1"), [pooled])
      case "avg_pool_3x3":
        let pooled = try graph.apply(AveragePool(kernel: 3, stride: stride, padding: 1), [from])
        return try graph.apply(BatchNorm(affine: false, key: "\(key).1"), [pooled])
      case "skip_connect":
        return stride == 1 ? from : try parts.factorizedReduction(&graph, from, key)
      case "sep_conv_3x3", "sep_conv_5x5":
        let kernel = operation.hasSuffix("3x3") ? 3 : 5
        let first = try parts.separable(&graph, from, kernel, stride, dilation: 1, key, from: 0)
        return try parts.separable(&graph, first, kernel, 1, dilation: 1, key, from: 4)
      default:
        let kernel = operation.hasSuffix("3x3") ? 3 : 5
        return try parts.separable(&graph, from, kernel, stride, dilation: 2, key, from: 0)
      }
    }
  }
}
