/// Hands its input on; planning splices it out.
package struct Identity: Operation {
  package init() {}

  package var name: String { "identity" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    try single(inputs)
  }
}
