internal import Engine

extension EngineWorkload {
  /// The network that DARTS found (second order), trained from scratch: 36 channels, images of
  /// CIFAR-10's shape, paths dropped up to 0.2, no auxiliary head.
  ///
  /// - Source: Liu et al. 2019, arXiv:1806.09055, figs. 4 and 5; the reference implementation's
  ///   `DARTS_V2`.
  static func dartsNetwork(_ name: String, layers: Int) -> EngineWorkload {
    EngineWorkload(name: name, batch: 96) { graph throws(ShapeError) in
      var channels = 36
      let input = graph.input(Shape(height: 32, width: 32, channels: 3))
      var node = try convolution(&graph, input, 3 * channels, kernel: 3, key: "stem.0")
      node = try graph.apply(BatchNorm(key: "stem.1"), [node])
      var (before, last) = (node, node)
      var reducedBefore = false
      for layer in 0..<layers {
        let reduces = layer == layers / 3 || layer == 2 * layers / 3
        if reduces { channels *= 2 }
        let cell = DartsNetworkCell(
          key: "cells.\(layer)", layers: DartsLayers(channels: channels, affine: true),
          reduces: reduces, reducedBefore: reducedBefore)
        let output = try cell.apply(&graph, before, last)
        (before, last, reducedBefore) = (last, output, reduces)
      }
      node = try graph.apply(GlobalAveragePool(), [last])
      return try graph.apply(Linear(units: 10, key: "head"), [node])
    }
  }

  /// A cell with two chosen operations at each of four nodes.
  private struct DartsNetworkCell {
    let key: String
    let layers: DartsLayers
    let reduces: Bool
    let reducedBefore: Bool

    private typealias Edge = (operation: String, from: Int)

    private static let normal: [Edge] = [
      ("sep_conv_3x3", 0), ("sep_conv_3x3", 1), ("sep_conv_3x3", 0), ("sep_conv_3x3", 1),
      ("sep_conv_3x3", 1), ("skip_connect", 0), ("skip_connect", 0), ("dil_conv_3x3", 2),
    ]
    private static let reduction: [Edge] = [
      ("max_pool_3x3", 0), ("max_pool_3x3", 1), ("skip_connect", 2), ("max_pool_3x3", 1),
      ("max_pool_3x3", 0), ("skip_connect", 2), ("skip_connect", 2), ("max_pool_3x3", 1),
    ]

    func apply(
      _ graph: inout Graph, _ before: Graph.Node, _ last: Graph.Node
    ) throws(ShapeError) -> Graph.Node {
      var states = [
        reducedBefore
          ? try layers.factorizedReduction(&graph, before, "\(key).p0")
          : try layers.preprocessed(&graph, before, "\(key).p0"),
        try layers.preprocessed(&graph, last, "\(key).p1"),
      ]
      let edges = reduces ? DartsNetworkCell.reduction : DartsNetworkCell.normal
      for node in 0..<4 {
        var terms: [Graph.Node] = []
        for place in 2 * node..<2 * node + 2 {
          terms.append(
            try branch(
              &graph, states[edges[place].from], edges[place].operation,
              stride: reduces && edges[place].from < 2 ? 2 : 1, "\(key).ops.\(place)"))
        }
        states.append(try graph.apply(Add(), terms))
      }
      return try graph.apply(Concat(), Array(states.suffix(4)))
    }

    private func branch(
      _ graph: inout Graph, _ from: Graph.Node, _ operation: String, stride: Int, _ key: String
    ) throws(ShapeError) -> Graph.Node {
      var node: Graph.Node
      switch operation {
      case "max_pool_3x3":
        node = try graph.apply(MaxPool(kernel: 3, stride: stride, padding: 1), [from])
      case "sep_conv_3x3":
        node = try layers.separable(&graph, from, 3, stride, dilation: 1, key, from: 0)
        node = try layers.separable(&graph, node, 3, 1, dilation: 1, key, from: 4)
      case "dil_conv_3x3":
        node = try layers.separable(&graph, from, 3, stride, dilation: 2, key, from: 0)
      default:
        guard stride > 1 else { return from }
        node = try layers.factorizedReduction(&graph, from, key)
      }
      return try graph.apply(DropPath(rate: 0.2), [node])
    }
  }
}
