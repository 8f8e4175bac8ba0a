internal import CKernels

// A batch norm that ends a branch of a mixture, which normalises on its way in; `running` is the place
// of its running mean among the mixture's parameters.
extension BatchNorm {
  /// Emits what measures the batch: its statistics go where the operand says.
  func measure(
    _ branch: Value, into statistics: Instruction.Operand, running: Int, _ gate: Gate,
    _ lowering: inout Lowering
  ) {
    let channels = lowering.outputShape.channels
    let moments = lowering.partial(3 * channels)
    lowering.emit(
      CK_MOMENTS, [.read(CK_V_X, branch), .write(CK_V_MOMENTS, moments).own], gate: gate)
    lowering.emit(
      CK_BATCH_STATISTICS,
      [
        .read(CK_V_X, branch), .read(CK_V_MOMENTS, moments), statistics,
        .update(CK_V_RUNNING_MEAN, lowering.parameter(running)),
        .update(CK_V_RUNNING_VAR, lowering.parameter(running + 1)),
      ],
      integers: [
        (CK_I_PARTS, lowering.threads), (CK_I_PIXELS, lowering.pixels(lowering.outputShape)),
      ],
      reals: [(CK_F_EPSILON, BatchNorm.epsilon), (CK_F_MOMENTUM, BatchNorm.momentum)], gate: gate)
  }

  /// Emits the branch normalised by running statistics.
  func normalised(
    _ branch: Value, running: Int, _ gate: Gate, _ lowering: inout Lowering
  ) -> Value {
    let result = lowering.program.value(lowering.outputShape, rows: lowering.batch)
    lowering.emit(
      CK_BATCH_NORM_INFERENCE,
      [
        .read(CK_V_X, branch), .write(CK_V_Y, result),
        .read(CK_V_RUNNING_MEAN, lowering.parameter(running)),
        .read(CK_V_RUNNING_VAR, lowering.parameter(running + 1)),
      ], reals: [(CK_F_EPSILON, BatchNorm.epsilon)], gate: gate)
    return result
  }
}
