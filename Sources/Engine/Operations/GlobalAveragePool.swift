internal import CKernels

/// The mean over height and width.
///
/// - Shapes: x [N, H, W, C] → [N, 1, 1, C].
package struct GlobalAveragePool: Operation {
  package init() {}

  package var name: String { "global_average_pool" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    Shape(channels: try single(inputs).channels)
  }

  package func forward(_ lowering: inout Lowering) {
    lowering.emit(
      CK_GLOBAL_AVERAGE_POOL, [.read(CK_V_X, lowering.input()), .write(CK_V_Y, lowering.output())])
  }

  package func backward(_ lowering: inout Lowering) {
    guard lowering.wantsGradient() else { return }
    lowering.emit(
      CK_GLOBAL_AVERAGE_POOL_GRAD,
      [.read(CK_V_DY, lowering.outputGradient()), lowering.inputGradient(CK_V_DX)])
  }
}
