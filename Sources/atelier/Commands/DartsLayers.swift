internal import Engine

/// The layers that the cells of DARTS are made of.
///
/// - Source: Liu et al. 2019, arXiv:1806.09055; the reference implementation's `operations.py`.
struct DartsLayers {
  let channels: Int
  /// Whether batch norms have a learned scale and shift: not in the supernet.
  let affine: Bool

  /// ReLU, depthwise convolution, pointwise convolution, batch norm.
  func separable(
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
    return try graph.apply(BatchNorm(affine: affine, key: "\(key).\(place + 3)"), [mixed])
  }

  func preprocessed(
    _ graph: inout Graph, _ from: Graph.Node, _ key: String
  ) throws(ShapeError) -> Graph.Node {
    let active = try graph.apply(ReLU(), [from])
    let mixed = try graph.apply(
      Conv2D(filters: channels, kernel: (1, 1), key: "\(key).1"), [active])
    return try graph.apply(BatchNorm(affine: affine, key: "\(key).2"), [mixed])
  }

  /// Half of the channels from the even pixels, half from the odd ones.
  func factorizedReduction(
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
      BatchNorm(affine: affine, key: "\(key).bn"), [graph.apply(Concat(), [even, odd])])
  }
}
