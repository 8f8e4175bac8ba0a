/// Hands its input on; planning splices it out.
package struct Identity: Operation {
  package init() {}

  package var name: String { "identity" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    try single(inputs)
  }

  package func forward(_ lowering: inout Lowering) {
    lowering.passOn()
  }

  package func backward(_ lowering: inout Lowering) {
    lowering.share(lowering.outputGradient(), withInput: 0)
  }
}
