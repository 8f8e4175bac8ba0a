/// A tensor that an operation keeps between steps: learned, or a running statistic.
package struct Parameter: Hashable, Sendable {
  /// How it is laid out in the arena, and so how it turns into PyTorch's order.
  package enum Layout: Hashable, Sendable {
    /// [kh, kw, in / groups, out]; PyTorch's is [out, in / groups, kh, kw].
    case convolution(kernel: Extent, inputs: Int, outputs: Int)
    /// [in, out]; PyTorch's is [out, in].
    case linear(inputs: Int, outputs: Int)
    case vector(Int)

    /// Number of values.
    package var count: Int {
      switch self {
      case .convolution(let kernel, let inputs, let outputs):
        kernel.height * kernel.width * inputs * outputs
      case .linear(let inputs, let outputs): inputs * outputs
      case .vector(let count): count
      }
    }

    /// The shape that PyTorch gives the tensor.
    package var shape: [Int] {
      switch self {
      case .convolution(let kernel, let inputs, let outputs):
        [outputs, inputs, kernel.height, kernel.width]
      case .linear(let inputs, let outputs): [outputs, inputs]
      case .vector(let count): [count]
      }
    }
  }

  /// How its first values are drawn.
  package enum Start: Hashable, Sendable {
    /// A normal distribution with this standard deviation.
    case normal(deviation: Double)
    /// Evenly between -bound and bound.
    case uniform(bound: Double)
    case constant(Double)
  }

  /// The scope path and the name PyTorch gives it, such as `stem.0.weight`.
  package let key: String
  package let layout: Layout
  package let start: Start
  /// Whether the optimizer changes it; running statistics are not learned.
  package let isLearned: Bool

  package init(key: String, layout: Layout, start: Start, isLearned: Bool = true) {
    self.key = key
    self.layout = layout
    self.start = start
    self.isLearned = isLearned
  }
}
