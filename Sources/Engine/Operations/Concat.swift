/// Inputs of one height and width side by side on the channel axis.
package struct Concat: Operation {
  package init() {}

  package var name: String { "concat" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    guard let first = inputs.first else {
      throw ShapeError(operation: name, message: "has 0 inputs; it takes at least one")
    }
    for (index, shape) in inputs.enumerated()
    where shape.height != first.height || shape.width != first.width {
      throw ShapeError(
        operation: name,
        message: "input \(index) is \(shape); it must be \(first.height)×\(first.width) "
          + "high and wide like input 0")
    }
    return Shape(
      height: first.height, width: first.width,
      channels: inputs.reduce(0) { $0 + $1.channels })
  }

  package func forward(_ lowering: inout Lowering) {
    var channel = 0
    for (position, shape) in lowering.inputShapes.enumerated() {
      lowering.placeInput(position, inOutputAt: channel)
      channel += shape.channels
    }
  }

  package func backward(_ lowering: inout Lowering) {
    let gradient = lowering.outputGradient()
    var channel = 0
    for (position, shape) in lowering.inputShapes.enumerated() {
      lowering.share(lowering.part(of: gradient, shape, channel: channel), withInput: position)
      channel += shape.channels
    }
  }
}
