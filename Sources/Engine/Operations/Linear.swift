internal import CKernels

/// A fully connected layer over the flattened sample (height, then width, then channel).
///
/// - Shapes: x [N, in], weight [in, units], bias [units] → [N, 1, 1, units].
package struct Linear: Operation {
  package let units: Int
  package let bias: Bool
  package let key: String
  /// Whether a ReLU is applied on the way out; set by fusion alone.
  var activates = false

  package init(units: Int, bias: Bool = true, key: String) {
    self.units = units
    self.bias = bias
    self.key = key
  }

  package var name: String { "linear" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    _ = try single(inputs)
    try require(units, "units", in: 1...1 << 24)
    return Shape(channels: units)
  }

  /// The weight, then the bias if there is one.
  package func parameters(_ inputs: [Shape]) -> [Parameter] {
    let bound = 1 / Double(inputs[0].count).squareRoot()
    let weight = Parameter(
      key: key + ".weight", layout: .linear(inputs: inputs[0].count, outputs: units),
      start: .uniform(bound: bound))
    guard bias else { return [weight] }
    return [
      weight, Parameter(key: key + ".bias", layout: .vector(units), start: .uniform(bound: bound)),
    ]
  }

  package func forward(_ lowering: inout Lowering) {
    var operands: Operands = [
      .read(CK_V_X, lowering.denseInput()).flat,
      .read(CK_V_WEIGHT, lowering.parameter(0)),
      .write(CK_V_Y, lowering.output()),
    ]
    if bias { operands.append(.read(CK_V_BIAS, lowering.parameter(1))) }
    lowering.emit(CK_LINEAR, operands, integers: [(CK_I_RELU, activates ? 1 : 0)])
  }

  /// The weights come first: then the gradient of the input may take the input's place.
  package func backward(_ lowering: inout Lowering) {
    let gradient = lowering.activationGradient(activates)
    let targets = bias ? [(CK_V_DWEIGHT, 0), (CK_V_DBIAS, 1)] : [(CK_V_DWEIGHT, 0)]
    lowering.emit(
      CK_LINEAR_GRAD_WEIGHT,
      [.read(CK_V_X, lowering.denseInput()).flat, .read(CK_V_DY, gradient)]
        + lowering.parameterGradients(targets))
    if lowering.wantsGradient() {
      let target = lowering.inputGradient(CK_V_DX)
      lowering.requireDense(target.value)
      lowering.emit(
        CK_LINEAR_GRAD_INPUT,
        [
          .read(CK_V_DY, gradient), .read(CK_V_WEIGHT, lowering.parameter(0)),
          target.flat,
        ])
    }
  }
}
