internal import CKernels

/// Each sample in one piece (height, then width, then channel), so that any map can be read as logits.
///
/// - Shapes: x [N, H, W, C] → [N, 1, 1, H·W·C].
package struct Flatten: Operation {
  package init() {}

  package var name: String { "flatten" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    Shape(channels: try single(inputs).count)
  }

  package func forward(_ lowering: inout Lowering) {
    lowering.emit(
      CK_COPY,
      [.read(CK_V_X, lowering.denseInput()).flat, .write(CK_V_Y, lowering.output())])
  }

  package func backward(_ lowering: inout Lowering) {
    guard lowering.wantsGradient() else { return }
    let gradient = lowering.outputGradient()
    let target = lowering.inputGradient(CK_V_Y)
    lowering.requireDense(target.value)
    lowering.emit(CK_COPY, [.read(CK_V_X, gradient), target.flat])
  }
}
