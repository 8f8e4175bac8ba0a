internal import Domain

// Short runs of layers that several spaces are made of.
extension NetworkBuilder {
  /// ReLU, convolution without bias, batch normalisation.
  mutating func reLUConvNorm(
    _ input: Value, _ filters: Int, kernel: Int, stride: Int = 1, dilation: Int = 1
  ) throws -> Value {
    let relu = try apply(.relu, [input], named: "relu")
    let conv = try apply(
      .conv(filters, kernel: kernel, stride: stride, dilation: dilation), [relu], named: "conv")
    return try apply(.batchNorm(affine: true), [conv], named: "norm")
  }

  /// ReLU, depthwise convolution, pointwise convolution, batch normalisation.
  mutating func reLUSeparableNorm(
    _ input: Value, _ filters: Int, kernel: Int, stride: Int = 1, dilation: Int = 1
  ) throws -> Value {
    let channels = shape(of: input).channels
    let relu = try apply(.relu, [input], named: "relu")
    let depthwise = try apply(
      .conv(channels, kernel: kernel, stride: stride, dilation: dilation, groups: channels),
      [relu], named: "depthwise")
    let pointwise = try apply(.conv(filters, kernel: 1), [depthwise], named: "pointwise")
    return try apply(.batchNorm(affine: true), [pointwise], named: "norm")
  }

  /// Twice ReLU, depthwise, pointwise, normalisation; the first has the stride.
  mutating func twiceSeparable(
    _ input: Value, _ filters: Int, kernel: Int, stride: Int
  ) throws -> Value {
    let first = try scoped("a") {
      try $0.reLUSeparableNorm(input, filters, kernel: kernel, stride: stride)
    }
    return try scoped("b") { try $0.reLUSeparableNorm(first, filters, kernel: kernel) }
  }

  /// Halves a map: one half of the filters from its even pixels, the other from its odd ones.
  mutating func factorisedReduction(_ input: Value, _ filters: Int) throws -> Value {
    let even = try apply(
      .shiftedConv(filters: filters - filters / 2, stride: 2, shift: 0), [input], named: "even")
    guard filters > 1 else {
      return try apply(.batchNorm(affine: true), [even], named: "norm")
    }
    let odd = try apply(
      .shiftedConv(filters: filters / 2, stride: 2, shift: 1), [input], named: "odd")
    let both = try apply(.concat, [even, odd], named: "concat")
    return try apply(.batchNorm(affine: true), [both], named: "norm")
  }

  /// ReLU, then a halving.
  mutating func reLUFactorisedReduction(_ input: Value, _ filters: Int) throws -> Value {
    let relu = try apply(.relu, [input], named: "relu")
    return try factorisedReduction(relu, filters)
  }
}

/// Refuses an image that cannot be halved so often.
///
/// - Throws: `SpaceError` with the size that would do.
func refuseSmall(_ input: TensorShape, halvings: Int) throws(SpaceError) {
  // A halving needs two rows and two columns, and 3 rounds up to 2.
  let least = halvings > 0 ? 1 << (halvings - 1) + 1 : 1
  guard min(input.height, input.width) >= least else {
    throw SpaceError(
      "an image of \(input.height)×\(input.width) is too small for \(halvings) reductions; it "
        + "must be at least \(least)×\(least), or reductions fewer")
  }
}
