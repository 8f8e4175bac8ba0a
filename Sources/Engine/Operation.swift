/// One thing a network can do; its shape rule, its lowering and its derivative stand in one file.
///
/// An operation is a value: it holds what fixes its shape and the key of its parameters, no tensors.
package protocol Operation: Hashable, Sendable {
  /// The word messages use, such as `conv2d`.
  var name: String { get }

  /// The shape of one sample of the result.
  ///
  /// - Throws: `ShapeError` when the inputs do not fit.
  func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape

  /// What the operation keeps between steps, learned or not.
  func parameters(_ inputs: [Shape]) -> [Parameter]

  /// Emits the instructions that compute the result.
  func forward(_ lowering: inout Lowering)

  /// Emits the instructions that turn the result's gradient into those of parameters and inputs.
  func backward(_ lowering: inout Lowering)
}

extension Operation {
  package func parameters(_ inputs: [Shape]) -> [Parameter] { [] }

  /// The only input's shape.
  func single(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    guard inputs.count == 1 else {
      throw ShapeError(
        operation: name, message: "has \(inputs.count) inputs; it takes exactly one")
    }
    return inputs[0]
  }

  /// Refuses `value` unless it lies in the range.
  func require(_ value: Int, _ what: String, in range: ClosedRange<Int>) throws(ShapeError) {
    guard range.contains(value) else {
      throw ShapeError(
        operation: name,
        message: "\(what) is \(value); it must be \(range.lowerBound)…\(range.upperBound)")
    }
  }
}
