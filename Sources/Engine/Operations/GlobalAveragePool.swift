/// The mean over height and width.
///
/// - Shapes: x [N, H, W, C] → [N, 1, 1, C].
package struct GlobalAveragePool: Operation {
  package init() {}

  package var name: String { "global_average_pool" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    Shape(channels: try single(inputs).channels)
  }
}
