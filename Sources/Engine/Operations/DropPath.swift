internal import CKernels

/// Sets whole samples to zero with a probability that grows with the training's progress, from 0 to
/// `rate`, and scales the rest by 1 / (1 − it); in an inference pass it hands its input on.
///
/// - Source: Zoph et al. 2017, arXiv:1707.07012, §4 (ScheduledDropPath); Larsson et al. 2016,
///   arXiv:1605.07648 (drop path).
package struct DropPath: Operation {
  /// The probability at the end of training.
  package let rate: Double

  package init(rate: Double) {
    self.rate = rate
  }

  package var name: String { "drop_path" }

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
      integers: [(CK_I_CALL, lowering.node), (CK_I_PATHS, 1)], reals: [(CK_F_RATE, rate)])
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
      integers: [(CK_I_CALL, lowering.node), (CK_I_PATHS, 1)], reals: [(CK_F_RATE, rate)])
  }
}
