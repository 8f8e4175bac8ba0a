internal import CKernels

/// Batch normalisation over samples and positions, as PyTorch's: eps 1e-5, momentum 0.1, unbiased
/// running variance.
///
/// - Shapes: x [N, H, W, C] → the same; weight, bias, running_mean, running_var [C].
/// - Source: Ioffe & Szegedy 2015, arXiv:1502.03167, algorithm 1.
package struct BatchNorm: Operation {
  /// Whether a learned scale and shift follow.
  package let affine: Bool
  package let key: String
  /// Whether a ReLU is applied on the way out; set by fusion alone.
  var activates = false

  package init(affine: Bool = true, key: String) {
    self.affine = affine
    self.key = key
  }

  package var name: String { "batch_norm" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    try single(inputs)
  }

  /// Scale and shift if there are any, then the running mean and the running variance.
  package func parameters(_ inputs: [Shape]) -> [Parameter] {
    let layout = Parameter.Layout.vector(inputs[0].channels)
    let statistics = [
      Parameter(
        key: key + ".running_mean", layout: layout, start: .constant(0), isLearned: false),
      Parameter(key: key + ".running_var", layout: layout, start: .constant(1), isLearned: false),
    ]
    guard affine else { return statistics }
    return [
      Parameter(key: key + ".weight", layout: layout, start: .constant(1)),
      Parameter(key: key + ".bias", layout: layout, start: .constant(0)),
    ] + statistics
  }

  package func forward(_ lowering: inout Lowering) {
    let trains = lowering.pass == .training
    let moments = trains ? lowering.partial(3 * lowering.outputShape.channels) : nil
    if let moments {
      lowering.emit(
        CK_MOMENTS, [.read(CK_V_X, lowering.input()), .write(CK_V_MOMENTS, moments).own])
    }
    var operands: Operands = [
      .read(CK_V_X, lowering.input()), .write(CK_V_Y, lowering.output()),
      statistic(CK_V_RUNNING_MEAN, 0, &lowering), statistic(CK_V_RUNNING_VAR, 1, &lowering),
    ]
    operands += scaleAndShift(&lowering)
    if let moments {
      operands += [
        .read(CK_V_MOMENTS, moments), .write(CK_V_STATS, statistics(&lowering)).own,
      ]
    }
    lowering.emit(
      trains ? CK_BATCH_NORM : CK_BATCH_NORM_INFERENCE, operands,
      integers: [(CK_I_RELU, activates ? 1 : 0), (CK_I_PARTS, lowering.threads)],
      reals: [(CK_F_EPSILON, BatchNorm.epsilon), (CK_F_MOMENTUM, BatchNorm.momentum)])
  }

  /// The mask of a fused ReLU is recomputed from the input, so the result need not be kept.
  package func backward(_ lowering: inout Lowering) {
    let sums = lowering.partial(2 * lowering.outputShape.channels)
    let operands =
      [
        .read(CK_V_X, lowering.input()), .read(CK_V_DY, lowering.outputGradient()),
        .read(CK_V_STATS, statistics(&lowering)).own,
      ] + scaleAndShift(&lowering)
    let integers: CallIntegers = [
      (CK_I_RELU, activates ? 1 : 0), (CK_I_PARTS, lowering.threads),
      (CK_I_PIXELS, lowering.pixels(lowering.outputShape)),
    ]
    lowering.emit(
      CK_BATCH_NORM_SUMS, operands + [.write(CK_V_SUMS, sums).own], integers: integers)
    var results: Operands = [.read(CK_V_SUMS, sums)]
    if affine {
      results += lowering.parameterGradients([(CK_V_DWEIGHT, 0), (CK_V_DBIAS, 1)])
    }
    if lowering.wantsGradient() { results.append(lowering.inputGradient(CK_V_DX)) }
    guard results.count > 1 else { return }
    lowering.emit(CK_BATCH_NORM_GRAD, operands + results, integers: integers)
  }

  package static let epsilon = 1e-5
  static let momentum = 0.1

  private func scaleAndShift(_ lowering: inout Lowering) -> Operands {
    guard affine else { return [] }
    return [
      .read(CK_V_WEIGHT, lowering.parameter(0)), .read(CK_V_BIAS, lowering.parameter(1)),
    ]
  }

  private func statistic(
    _ role: Int, _ position: Int, _ lowering: inout Lowering
  ) -> Instruction.Operand {
    let value = lowering.parameter((affine ? 2 : 0) + position)
    return lowering.pass == .training ? .update(role, value) : .read(role, value)
  }

  /// Mean and inverse deviation of the batch, kept for the backward pass.
  private func statistics(_ lowering: inout Lowering) -> Value {
    lowering.note(2 * lowering.outputShape.channels)
  }
}
