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
}
