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
    let size = try Window(pool: kernel, stride: stride, padding: padding)
      .outputExtent(of: input, in: name)
    return Shape(height: size.height, width: size.width, channels: input.channels)
  }
}
