/// Numbers with a shape, in row-major order.
package struct Tensor: Codable, Hashable, Sendable {
  package let shape: [Int]
  package let values: [Float]

  /// A tensor of these values; `shape` must multiply to their number.
  package init(shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "shape and values disagree")
    self.shape = shape
    self.values = values
  }
}
