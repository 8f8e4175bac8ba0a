internal import CKernels

extension Lowering {
  /// Emits clipping and the optimizer: one call each over all parameters.
  mutating func lowerUpdate(_ rule: OptimizerRule, gradientClip: Float?) {
    let count = table.extents[.parameters, default: 0]
    guard count > 0 else { return }
    func block(_ region: Region) -> Value {
      program.value(
        Shape(channels: count), rows: 1, home: .region(region, offset: 0), isDense: true)
    }
    let gradients = block(.gradients)
    if let gradientClip {
      emit(CK_SUM_SQUARES, [.read(CK_V_X, gradients), .update(CK_V_CONTROLS, controls)])
      emit(
        CK_CLIP_SCALE, [.update(CK_V_CONTROLS, controls)],
        reals: [(CK_F_MAX_NORM, Double(gradientClip))])
    }
    let operands: [Instruction.Operand] = [
      .update(CK_V_X, block(.parameters)), .read(CK_V_GRADIENT, gradients),
      .read(CK_V_CONTROLS, controls), .update(CK_V_MOMENTUM, block(.firstMoments)),
    ]
    switch rule {
    case .sgd(let momentum, let nesterov, let weightDecay):
      emit(
        CK_SGD, operands, integers: [(CK_I_NESTEROV, nesterov ? 1 : 0)],
        reals: [(CK_F_MOMENTUM, Double(momentum)), (CK_F_WEIGHT_DECAY, Double(weightDecay))])
    case .adam(let beta1, let beta2, let epsilon, let weightDecay):
      emit(
        CK_ADAM, operands + [.update(CK_V_SECOND, block(.secondMoments))],
        reals: [
          (CK_F_BETA1, Double(beta1)), (CK_F_BETA2, Double(beta2)),
          (CK_F_EPSILON, Double(epsilon)), (CK_F_WEIGHT_DECAY, Double(weightDecay)),
        ])
    }
  }
}
