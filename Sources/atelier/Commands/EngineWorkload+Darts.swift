internal import Engine

extension EngineWorkload {
  /// The supernet that DARTS trains: every edge is a mixture of eight operations.
  ///
  /// - Source: Liu et al. 2019, arXiv:1806.09055, §2 and appendix A; the reference implementation's
  ///   `model_search.py` with 8 channels, 4 cells of 4 nodes and one channel of input.
  static func dartsSupernet(_ name: String) -> EngineWorkload {
    EngineWorkload(name: name, batch: 32) { graph throws(ShapeError) in
      var channels = 8
      let layers = 4
      let input = graph.input(Shape(height: 28, width: 28, channels: 1))
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
          ? try factorizedReduction(&graph, before, "\(key).p0")
          : try preprocessed(&graph, before, "\(key).p0"),
        try preprocessed(&graph, last, "\(key).p1"),
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
        return stride == 1 ? from : try factorizedReduction(&graph, from, key)
      case "sep_conv_3x3", "sep_conv_5x5":
        let kernel = operation.hasSuffix("3x3") ? 3 : 5
        let first = try separable(&graph, from, kernel, stride, dilation: 1, key, from: 0)
        return try separable(&graph, first, kernel, 1, dilation: 1, key, from: 4)
      default:
        let kernel = operation.hasSuffix("3x3") ? 3 : 5
        return try separable(&graph, from, kernel, stride, dilation: 2, key, from: 0)
      }
    }

    /// ReLU, depthwise convolution, pointwise convolution, batch norm.
    private func separable(
      _ graph: inout Graph, _ from: Graph.Node, _ kernel: Int, _ stride: Int, dilation: Int,
      _ key: String, from place: Int
    ) throws(ShapeError) -> Graph.Node {
      let active = try graph.apply(ReLU(), [from])
      let padding = dilation * (kernel / 2)
      let deep = try graph.apply(
        Conv2D(
          filters: channels, kernel: (kernel, kernel), stride: (stride, stride),
          dilation: dilation, groups: channels, padding: (padding, padding),
          key: "\(key).\(place + 1)"), [active])
      let mixed = try graph.apply(
        Conv2D(filters: channels, kernel: (1, 1), key: "\(key).\(place + 2)"), [deep])
      return try graph.apply(BatchNorm(affine: false, key: "\(key).\(place + 3)"), [mixed])
    }

    private func preprocessed(
      _ graph: inout Graph, _ from: Graph.Node, _ key: String
    ) throws(ShapeError) -> Graph.Node {
      let active = try graph.apply(ReLU(), [from])
      let mixed = try graph.apply(
        Conv2D(filters: channels, kernel: (1, 1), key: "\(key).1"), [active])
      return try graph.apply(BatchNorm(affine: false, key: "\(key).2"), [mixed])
    }

    /// Half of the channels from the even pixels, half from the odd ones.
    private func factorizedReduction(
      _ graph: inout Graph, _ from: Graph.Node, _ key: String
    ) throws(ShapeError) -> Graph.Node {
      let active = try graph.apply(ReLU(), [from])
      let even = try graph.apply(
        Conv2D(filters: channels / 2, kernel: (1, 1), stride: (2, 2), key: "\(key).a"), [active])
      let odd = try graph.apply(
        Conv2D(
          filters: channels / 2, kernel: (1, 1), stride: (2, 2), offset: (1, 1), key: "\(key).b"),
        [active])
      return try graph.apply(
        BatchNorm(affine: false, key: "\(key).bn"), [graph.apply(Concat(), [even, odd])])
    }
  }
}
