internal import CKernels

/// The mean of each window; padded positions are not counted.
package struct AveragePool: Operation {
  package let kernel: Int
  package let stride: Int
  package let padding: Int

  package init(kernel: Int, stride: Int, padding: Int = 0) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  package var name: String { "average_pool" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    let input = try single(inputs)
    try require(padding, "padding", in: 0...max(0, kernel / 2))
    let size = try window.outputExtent(of: input, in: name)
    return Shape(height: size.height, width: size.width, channels: input.channels)
  }

  package func forward(_ lowering: inout Lowering) {
    lowering.emit(
      CK_AVERAGE_POOL, [.read(CK_V_X, lowering.input()), .write(CK_V_Y, lowering.output())],
      integers: window.integers)
  }

  package func backward(_ lowering: inout Lowering) {
    guard lowering.wantsGradient() else { return }
    lowering.emit(
      CK_AVERAGE_POOL_GRAD,
      [
        .read(CK_V_DY, lowering.outputGradient()), lowering.inputGradient(CK_V_DX),
      ], integers: window.integers)
  }

  private var window: Window { Window(pool: kernel, stride: stride, padding: padding) }
}
