internal import CKernels

/// Zeros appended below and to the right up to the given size.
package struct SpatialPad: Operation {
  package let height: Int
  package let width: Int

  package init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  package var name: String { "spatial_pad" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    let input = try single(inputs)
    guard height >= input.height, width >= input.width, height <= 1 << 14, width <= 1 << 14 else {
      throw ShapeError(
        operation: name,
        message: "size is \(height)×\(width); it must be at least the input's "
          + "\(input.height)×\(input.width) and at most 16384×16384")
    }
    return Shape(height: height, width: width, channels: input.channels)
  }

  package func forward(_ lowering: inout Lowering) {
    let shape = lowering.inputShape()
    lowering.placeInput(0, inOutputAt: 0)
    let border = [
      (
        0, shape.width,
        Shape(height: shape.height, width: width - shape.width, channels: shape.channels)
      ),
      (
        shape.height, 0,
        Shape(height: height - shape.height, width: width, channels: shape.channels)
      ),
    ]
    for (row, column, zeros) in border where zeros.count > 0 {
      let part = lowering.part(of: lowering.output(), zeros, row: row, column: column)
      lowering.emit(CK_FILL, [.write(CK_V_Y, part)])
    }
  }

  package func backward(_ lowering: inout Lowering) {
    let gradient = lowering.outputGradient()
    lowering.share(lowering.part(of: gradient, lowering.inputShape()), withInput: 0)
  }
}
