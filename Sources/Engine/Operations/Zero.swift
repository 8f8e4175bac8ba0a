internal import CKernels

/// All zeros, subsampled by the stride; keeps the shape of an edge that carries nothing.
package struct Zero: Operation {
  package let stride: Int

  package init(stride: Int = 1) {
    self.stride = stride
  }

  package var name: String { "zero" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    let input = try single(inputs)
    try require(stride, "stride", in: 1...1 << 10)
    return Shape(
      height: (input.height + stride - 1) / stride, width: (input.width + stride - 1) / stride,
      channels: input.channels)
  }

  package func forward(_ lowering: inout Lowering) {
    lowering.emit(CK_FILL, [.write(CK_V_Y, lowering.output())])
  }

  /// No gradient goes through zeros.
  package func backward(_ lowering: inout Lowering) {}
}
