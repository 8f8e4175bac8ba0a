internal import Domain

/// Writes one cell of a stack.
struct NASNetCellWriter {
  let cell: NASNetCell
  let width: Int
  /// Of operations that read state 0 or 1.
  let stride: Int
  let dropRate: Double

  func write<Builder: NetworkBuilder>(
    _ last: Builder.Value, _ beforeLast: Builder.Value?, into builder: inout Builder
  ) throws -> Builder.Value {
    var states = [
      try builder.scoped("previous") { try $0.reLUConvNorm(last, width, kernel: 1) },
      try builder.scoped("before") { try aligned(beforeLast, with: last, into: &$0) },
    ]
    for (index, block) in cell.blocks.enumerated() {
      states.append(
        try builder.scoped("blocks.\(index)") { builder in
          let first = try branch(block.first, "first", states, into: &builder)
          let second = try branch(block.second, "second", states, into: &builder)
          guard block.concatenates else {
            return try builder.apply(.add, [first, second], named: "add")
          }
          let both = try builder.apply(.concat, [first, second], named: "concat")
          return try builder.scoped("align") { try $0.reLUConvNorm(both, width, kernel: 1) }
        })
    }
    let size = states.last.map { builder.shape(of: $0) }
    let outputs = try cell.outputs.map { state in
      try builder.scoped("outputs.\(state)") { try fitted(states[state], to: size, into: &$0) }
    }
    return try builder.apply(.concat, outputs, named: "output")
  }

  /// State 1: halved where the cell before was a reduction, else brought to the width if it has another.
  ///
  /// The first cell has but one input, which it reads twice; the second time as it is.
  private func aligned<Builder: NetworkBuilder>(
    _ value: Builder.Value?, with last: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    guard let value else { return last }
    let shape = builder.shape(of: value)
    let target = builder.shape(of: last)
    if shape.height != target.height || shape.width != target.width {
      return try builder.reLUFactorisedReduction(value, width)
    }
    guard shape.channels != width else { return value }
    return try builder.reLUConvNorm(value, width, kernel: 1)
  }

  /// A state of the output, at the size and width of the last.
  private func fitted<Builder: NetworkBuilder>(
    _ value: Builder.Value, to size: TensorShape?, into builder: inout Builder
  ) throws -> Builder.Value {
    let shape = builder.shape(of: value)
    guard let size, shape != size else { return value }
    if shape.height != size.height || shape.width != size.width {
      return try builder.factorisedReduction(value, width)
    }
    let conv = try builder.apply(.conv(width, kernel: 1), [value], named: "conv")
    return try builder.apply(.batchNorm(affine: true), [conv], named: "norm")
  }

  private func branch<Builder: NetworkBuilder>(
    _ branch: NASNetCell.Branch, _ name: String, _ states: [Builder.Value],
    into builder: inout Builder
  ) throws -> Builder.Value {
    let stride = branch.input < 2 ? stride : 1
    let source = states[branch.input]
    return try builder.scoped("\(name).\(branch.operation.rawValue)") { builder in
      let output = try operation(branch.operation, source, stride, into: &builder)
      guard branch.operation != .identity, dropRate > 0 else { return output }
      return try builder.apply(.dropPath(rate: dropRate), [output], named: "drop")
    }
  }

  private func operation<Builder: NetworkBuilder>(
    _ operation: NASNetCell.Operation, _ input: Builder.Value, _ stride: Int,
    into builder: inout Builder
  ) throws -> Builder.Value {
    switch operation {
    case .identity:
      guard stride > 1 || builder.shape(of: input).channels != width else {
        return try builder.apply(.identity, [input], named: "identity")
      }
      return try builder.reLUConvNorm(input, width, kernel: 1, stride: stride)
    case .conv1x1: return try builder.reLUConvNorm(input, width, kernel: 1, stride: stride)
    case .conv3x3: return try builder.reLUConvNorm(input, width, kernel: 3, stride: stride)
    case .dilated3x3:
      return try builder.reLUConvNorm(input, width, kernel: 3, stride: stride, dilation: 2)
    case .separable3x3: return try builder.twiceSeparable(input, width, kernel: 3, stride: stride)
    case .separable5x5: return try builder.twiceSeparable(input, width, kernel: 5, stride: stride)
    case .separable7x7: return try builder.twiceSeparable(input, width, kernel: 7, stride: stride)
    case .conv1x3: return try rowThenColumn(input, kernel: 3, stride, into: &builder)
    case .conv1x7: return try rowThenColumn(input, kernel: 7, stride, into: &builder)
    case .average3x3:
      return try pooled(
        .averagePool(kernel: 3, stride: stride, padding: 1), input, into: &builder)
    case .max3x3:
      return try pooled(.maxPool(kernel: 3, stride: stride, padding: 1), input, into: &builder)
    case .max5x5:
      return try pooled(.maxPool(kernel: 5, stride: stride, padding: 2), input, into: &builder)
    case .max7x7:
      return try pooled(.maxPool(kernel: 7, stride: stride, padding: 3), input, into: &builder)
    }
  }

  /// ReLU, a row of weights, a column of weights, normalisation.
  private func rowThenColumn<Builder: NetworkBuilder>(
    _ input: Builder.Value, kernel: Int, _ stride: Int, into builder: inout Builder
  ) throws -> Builder.Value {
    let relu = try builder.apply(.relu, [input], named: "relu")
    let half = (kernel - 1) / 2
    let row = try builder.apply(
      .conv2d(
        filters: width, kernel: Layer.Extent(1, kernel), stride: Layer.Extent(1, stride),
        dilation: 1, groups: 1, padding: Layer.Extent(0, half), bias: false), [relu], named: "row")
    let column = try builder.apply(
      .conv2d(
        filters: width, kernel: Layer.Extent(kernel, 1), stride: Layer.Extent(stride, 1),
        dilation: 1, groups: 1, padding: Layer.Extent(half, 0), bias: false), [row],
      named: "column")
    return try builder.apply(.batchNorm(affine: true), [column], named: "norm")
  }

  /// A pool; where the width is another, a 1×1 convolution and normalisation after it.
  private func pooled<Builder: NetworkBuilder>(
    _ pool: Layer, _ input: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    let value = try builder.apply(pool, [input], named: "pool")
    guard builder.shape(of: value).channels != width else { return value }
    let conv = try builder.apply(.conv(width, kernel: 1), [value], named: "conv")
    return try builder.apply(.batchNorm(affine: true), [conv], named: "norm")
  }
}
