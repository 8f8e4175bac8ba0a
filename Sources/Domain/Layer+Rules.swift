/// Shape rules and costs: what a layer makes of its inputs, and what it asks for that.
extension Layer {
  /// The shape of one sample's output.
  ///
  /// - Throws: `SpaceError` that names the layer and the shape that does not fit.
  package func outputShape(_ inputs: [TensorShape]) throws(SpaceError) -> TensorShape {
    guard let first = inputs.first else {
      throw SpaceError("\(name) has no input; it needs at least one")
    }
    let several = self == .add || self == .concat
    guard several || inputs.count == 1 else {
      throw SpaceError("\(name) takes one input, not \(inputs.count)")
    }
    switch self {
    case .conv2d(let filters, let kernel, let stride, let dilation, let groups, let padding, _):
      guard filters > 0, groups > 0, first.channels % groups == 0, filters % groups == 0 else {
        throw SpaceError(
          "\(name): \(first.channels) channels and \(filters) filters must be multiples of "
            + "\(groups) groups")
      }
      return TensorShape(
        height: try slid(first.height, kernel.height, stride.height, padding.height, dilation),
        width: try slid(first.width, kernel.width, stride.width, padding.width, dilation),
        channels: filters)
    case .maxPool(let kernel, let stride, let padding),
      .averagePool(let kernel, let stride, let padding):
      guard padding < kernel else {
        throw SpaceError("\(name): padding \(padding) must be below the kernel \(kernel)")
      }
      return TensorShape(
        height: try slid(first.height, kernel, stride, padding, 1),
        width: try slid(first.width, kernel, stride, padding, 1), channels: first.channels)
    case .add:
      guard inputs.allSatisfy({ $0 == first }) else {
        throw SpaceError("add needs equal shapes, not \(inputs.map(\.description))")
      }
      return first
    case .concat:
      guard inputs.allSatisfy({ $0.height == first.height && $0.width == first.width }) else {
        throw SpaceError("concat needs equal heights and widths, not \(inputs.map(\.description))")
      }
      var shape = first
      shape.channels = inputs.reduce(0) { $0 + $1.channels }
      return shape
    case .globalAveragePool: return TensorShape(features: first.channels)
    case .linear(let units, _): return TensorShape(features: units)
    case .zero(let stride):
      return TensorShape(
        height: (first.height + stride - 1) / stride, width: (first.width + stride - 1) / stride,
        channels: first.channels)
    case .spatialPad(let height, let width):
      guard height >= first.height, width >= first.width else {
        throw SpaceError("spatial pad to \(height)×\(width) is smaller than its input \(first)")
      }
      return TensorShape(height: height, width: width, channels: first.channels)
    case .shiftedConv(let filters, let stride, let shift):
      guard filters > 0, stride > 0, shift >= 0 else {
        throw SpaceError("\(name): filters and stride must be positive, the shift not negative")
      }
      return TensorShape(
        height: (first.height - 1) / stride + 1, width: (first.width - 1) / stride + 1,
        channels: filters)
    case .batchNorm, .relu, .identity, .dropout, .dropPath: return first
    }
  }

  /// Learned numbers, given the input's shape (moving statistics are not learned).
  package func parameterCount(_ input: TensorShape) -> Int {
    switch self {
    case .conv2d(let filters, let kernel, _, _, let groups, _, let bias):
      kernel.height * kernel.width * (input.channels / groups) * filters + (bias ? filters : 0)
    case .batchNorm(let affine): affine ? 2 * input.channels : 0
    case .linear(let units, let bias): input.count * units + (bias ? units : 0)
    case .shiftedConv(let filters, _, _): input.channels * filters
    default: 0
    }
  }

  /// Multiply–accumulates of one sample's forward pass; only convolutions and linear layers count.
  package func macs(_ input: TensorShape, _ output: TensorShape) -> Int {
    switch self {
    case .conv2d(_, let kernel, _, _, let groups, _, _):
      output.count * kernel.height * kernel.width * (input.channels / groups)
    case .linear(let units, _): input.count * units
    case .shiftedConv: output.count * input.channels
    default: 0
    }
  }

  private func slid(
    _ size: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int
  ) throws(SpaceError) -> Int {
    guard kernel > 0, stride > 0, dilation > 0, padding >= 0 else {
      throw SpaceError("\(name): kernel, stride and dilation must be positive")
    }
    let covered = dilation * (kernel - 1) + 1
    guard size + 2 * padding >= covered else {
      throw SpaceError("\(name): a window of \(covered) does not fit \(size) + 2 · \(padding)")
    }
    return (size + 2 * padding - covered) / stride + 1
  }
}

/// A search space, genotype or architecture that does not fit together.
package struct SpaceError: Error, Hashable, Sendable, CustomStringConvertible {
  package let message: String

  package init(_ message: String) {
    self.message = message
  }

  package var description: String { message }
}
