internal import CKernels

/// The positive part.
package struct ReLU: Operation {
  package init() {}

  package var name: String { "relu" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    try single(inputs)
  }

  package func forward(_ lowering: inout Lowering) {
    lowering.emit(CK_RELU, [.read(CK_V_X, lowering.input()), .write(CK_V_Y, lowering.output())])
  }

  package func backward(_ lowering: inout Lowering) {
    guard lowering.wantsGradient() else { return }
    lowering.emit(
      CK_RELU_GRAD,
      [
        .read(CK_V_X, lowering.output()), .read(CK_V_DY, lowering.outputGradient()),
        lowering.inputGradient(CK_V_DX),
      ])
  }
}
