/// The element-wise sum of inputs of one shape.
package struct Add: Operation {
  package init() {}

  package var name: String { "add" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    guard let first = inputs.first else {
      throw ShapeError(operation: name, message: "has 0 inputs; it takes at least one")
    }
    for (index, shape) in inputs.enumerated() where shape != first {
      throw ShapeError(
        operation: name, message: "input \(index) is \(shape); it must be \(first) like input 0")
    }
    return first
  }

  package func forward(_ lowering: inout Lowering) {
    let inputs = (0..<lowering.inputCount).map { lowering.input($0) }
    lowering.sum(inputs, into: lowering.output())
  }

  package func backward(_ lowering: inout Lowering) {
    let gradient = lowering.outputGradient()
    for position in 0..<lowering.inputCount {
      lowering.share(gradient, withInput: position)
    }
  }
}
