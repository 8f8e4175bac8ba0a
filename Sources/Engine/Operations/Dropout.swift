internal import CKernels

/// Sets values to zero with probability `rate` and scales the rest by 1 / (1 − rate); in an
/// inference pass it hands its input on.
///
/// - Source: Srivastava et al. 2014, JMLR 15, 1929–1958 (scaled in training, as PyTorch does).
package struct Dropout: Operation {
  package let rate: Double

  package init(rate: Double) {
    self.rate = rate
  }

  package var name: String { "dropout" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    guard rate >= 0, rate < 1 else {
      throw ShapeError(operation: name, message: "rate is \(rate); it must be in 0..<1")
    }
    return try single(inputs)
  }

  package func forward(_ lowering: inout Lowering) {
    guard lowering.pass == .training, rate > 0 else { return lowering.passOn() }
    lowering.emit(
      CK_DROPOUT,
      [
        .read(CK_V_X, lowering.input()), .read(CK_V_CONTROLS, lowering.controls),
        .write(CK_V_Y, lowering.output()),
      ],
      integers: [(CK_I_CALL, lowering.node)], reals: [(CK_F_RATE, rate)])
  }

  package func backward(_ lowering: inout Lowering) {
    guard lowering.wantsGradient() else { return }
    let gradient = lowering.outputGradient()
    guard rate > 0 else { return lowering.share(gradient, withInput: 0) }
    lowering.emit(
      CK_DROPOUT_GRAD,
      [
        .read(CK_V_DY, gradient), .read(CK_V_CONTROLS, lowering.controls),
        lowering.inputGradient(CK_V_DX),
      ],
      integers: [(CK_I_CALL, lowering.node)], reals: [(CK_F_RATE, rate)])
  }
}
