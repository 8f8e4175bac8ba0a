internal import Domain
internal import Engine

extension Graph {
  /// Which layers that drop something at random are more than identities.
  enum Drops {
    case none
    /// Dropout alone.
    case units
    /// Dropout and drop path.
    case all
  }

  /// Adds what a layer stands for; an identity, and a sum or concatenation of one, is its input itself.
  ///
  /// - Parameters:
  ///   - shape: of the layer's result.
  ///   - scope: the stem of its weights' names.
  mutating func add(
    _ layer: Layer, _ inputs: [Graph.Node], shape: TensorShape, scope: String, drops: Drops
  ) throws -> Graph.Node {
    switch layer {
    case .identity, .add, .concat:
      if inputs.isEmpty {
        return input(
          Shape(
            height: shape.height, width: shape.width, channels: shape.channels))
      }
      if inputs.count == 1 { return inputs[0] }
      return try layer == .concat ? apply(Concat(), inputs) : apply(Add(), inputs)
    case .conv2d(
      let filters, let kernel, let stride, let dilation, let groups, let padding, let bias):
      return try apply(
        Conv2D(
          filters: filters, kernel: (kernel.height, kernel.width),
          stride: (stride.height, stride.width), dilation: dilation, groups: groups,
          padding: (padding.height, padding.width), bias: bias, key: scope), inputs)
    case .batchNorm(let affine):
      return try apply(BatchNorm(affine: affine, key: scope), inputs)
    case .relu: return try apply(ReLU(), inputs)
    case .maxPool(let kernel, let stride, let padding):
      return try apply(MaxPool(kernel: kernel, stride: stride, padding: padding), inputs)
    case .averagePool(let kernel, let stride, let padding):
      return try apply(AveragePool(kernel: kernel, stride: stride, padding: padding), inputs)
    case .globalAveragePool: return try apply(GlobalAveragePool(), inputs)
    case .linear(let units, let bias):
      return try apply(Linear(units: units, bias: bias, key: scope), inputs)
    case .zero(let stride): return try apply(Zero(stride: stride), inputs)
    case .spatialPad(let height, let width):
      return try apply(SpatialPad(height: height, width: width), inputs)
    case .dropout(let rate):
      return drops == .none ? inputs[0] : try apply(Dropout(rate: rate), inputs)
    case .dropPath(let rate):
      return drops == .all && rate > 0 ? try apply(DropPath(rate: rate), inputs) : inputs[0]
    case .shiftedConv(let filters, let stride, let shift):
      return try apply(
        Conv2D(
          filters: filters, kernel: (1, 1), stride: (stride, stride), offset: (shift, shift),
          key: scope), inputs)
    }
  }
}
