internal import CKernels

/// The sum of branches, each times its share of a softmax over the architecture parameters `key`; or
/// the one branch that an execution chooses.
///
/// Choices of one key are made together, as in a supernet whose cells are equal. A branch that is
/// not chosen is not computed, forward or backward.
///
/// - Shapes: branches [N, H, W, C] each; `key` [branches].
/// - Source: Liu et al. 2019, arXiv:1806.09055, eq. 2.
package struct Mixture: Operation {
  package let branches: Int
  package let key: String
  /// The branch that each input is; the others are zero.
  ///
  /// Set by fusion alone.
  var slots: [Int]
  /// The batch norm that each input goes through on its way in, if any.
  ///
  /// Set by fusion alone.
  var norms: [BatchNorm?]

  package init(branches: Int, key: String) {
    self.branches = branches
    self.key = key
    slots = Array(0..<branches)
    norms = Array(repeating: nil, count: branches)
  }

  package static let branchRange = 1...8

  package var name: String { "mixture" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    try require(branches, "branches", in: Mixture.branchRange)
    guard inputs.count == branches else {
      throw ShapeError(
        operation: name, message: "has \(inputs.count) inputs; it must have \(branches) branches")
    }
    for (index, shape) in inputs.enumerated() where shape != inputs[0] {
      throw ShapeError(
        operation: name,
        message: "branch \(index) is \(shape); it must be \(inputs[0]) like branch 0")
    }
    return inputs[0]
  }

  /// What mixes the branches, then the running statistics of every batch norm on the way in.
  package func parameters(_ inputs: [Shape]) -> [Parameter] {
    let weights = Parameter(
      key: key, layout: .vector(branches), start: .constant(0), group: .architecture)
    return [weights] + norms.compactMap { $0 }.flatMap { $0.parameters(inputs) }
  }

  package func forward(_ lowering: inout Lowering) {
    let trains = lowering.pass == .training
    var operands: Operands = [
      .read(CK_V_WEIGHT, lowering.mixingWeights()), .write(CK_V_Y, lowering.output()),
    ]
    if trains, isNormalised { operands.append(.read(CK_V_STATS, statistics(&lowering)).own) }
    var running = 1
    for position in slots.indices {
      var branch = lowering.input(position)
      if let norm = norms[position] {
        defer { running += 2 }
        if trains {
          norm.measure(
            branch, into: statistics(of: position, &lowering), running: running,
            gate(position, lowering), &lowering)
        } else {
          branch = norm.normalised(
            branch, running: running, gate(position, lowering), &lowering)
        }
      }
      operands.append(.read(CK_V_BRANCH + slots[position], branch))
    }
    lowering.emit(
      CK_MIX, operands, integers: trains ? integers(lowering) : [(CK_I_COUNT, branches)])
  }

  /// One pass over all branches gives the sums that every branch's gradient and those of the mixing
  /// weights are made of; one more per branch sends the gradient back, through its batch norm too.
  package func backward(_ lowering: inout Lowering) {
    let weights = lowering.mixingWeights()
    let gradient = lowering.outputGradient()
    let channels = lowering.outputShape.channels
    let sums = lowering.partial((branches + 1) * channels)
    var common: Operands = [
      .read(CK_V_WEIGHT, weights), .read(CK_V_DY, gradient),
    ]
    if isNormalised { common.append(.read(CK_V_STATS, statistics(&lowering)).own) }
    var operands = common + [.write(CK_V_MIX_SUMS, sums).own]
    for position in slots.indices {
      operands.append(.read(CK_V_BRANCH + slots[position], lowering.input(position)))
    }
    lowering.emit(CK_MIX_SUMS, operands, integers: integers(lowering))
    lowering.emit(
      CK_MIX_GRAD_WEIGHT,
      [
        .read(CK_V_DY, gradient).whole, .read(CK_V_MIX_SUMS, sums),
        lowering.mixingGradient(),
      ], integers: integers(lowering), isSingle: true)
    for position in slots.indices where lowering.wantsGradient(position) {
      let gate = gate(position, lowering)
      lowering.emit(
        CK_MIX_GRAD,
        common + [
          .read(CK_V_X, lowering.input(position)), .read(CK_V_MIX_SUMS, sums),
          lowering.inputGradient(CK_V_DX, position, gate: gate),
        ],
        integers: integers(lowering) + [(CK_I_BRANCH, slots[position])], gate: gate)
    }
  }

  private var isNormalised: Bool { norms.contains { $0 != nil } }

  private func integers(_ lowering: Lowering) -> CallIntegers {
    let bits = zip(slots, norms).reduce(0) { $1.1 == nil ? $0 : $0 | 1 << $1.0 }
    return [
      (CK_I_COUNT, branches), (CK_I_NORMALISED, bits), (CK_I_PARTS, lowering.threads),
      (CK_I_PIXELS, lowering.pixels(lowering.outputShape)),
    ]
  }

  private func gate(_ position: Int, _ lowering: Lowering) -> Gate {
    lowering.gate.inside(
      .takes(choice: lowering.choice, branch: slots[position]))
  }

  /// Mean and inverse deviation of every branch, kept for the backward pass.
  private func statistics(_ lowering: inout Lowering) -> Value {
    lowering.note(2 * branches * lowering.outputShape.channels)
  }

  private func statistics(of position: Int, _ lowering: inout Lowering) -> Instruction.Operand {
    .write(CK_V_STATS, statistics(&lowering)).own(part: slots[position], of: branches)
  }
}
