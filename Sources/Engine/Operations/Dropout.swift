/// Sets values to zero with probability `rate` and scales the rest by 1 / (1 − rate); in an
/// inference pass it hands its input on.
///
/// - Source: Srivastava et al. 2014, JMLR 15, 1929–1958 (scaled in training, as PyTorch does).
package struct Dropout: Operation {
  package let rate: Double

  package init(rate: Double) {
    self.rate = rate
  }

  package var name: String { "dropout" }

  package func outputShape(_ inputs: [Shape]) throws(ShapeError) -> Shape {
    guard rate >= 0, rate < 1 else {
      throw ShapeError(operation: name, message: "rate is \(rate); it must be in 0..<1")
    }
    return try single(inputs)
  }
}
