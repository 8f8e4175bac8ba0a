/// A fully connected layer over the flattened sample (height, then width, then channel).
///
/// - Shapes: x [N, in], weight [in, units], bias [units] → [N, 1, 1, units].
package struct Linear: Operation {
  package let units: Int
  package let bias: Bool
  package let key: String

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
}
