/// The positive part.
package struct ReLU: Operation {
  package init() {}

  package var name: String { "relu" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    try single(inputs)
  }
}
