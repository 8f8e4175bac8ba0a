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
}
