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

  /// Which optimizer changes it.
  package enum Group: Hashable, Sendable, CaseIterable {
    /// What an architecture computes with.
    case weights
    /// What chooses among architectures: the mixing of a supernet's branches.
    case architecture
  }

  /// Some of the groups.
  package struct Groups: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
      self.rawValue = rawValue
    }

    package static let weights = Groups(rawValue: 1)
    package static let architecture = Groups(rawValue: 2)
    package static let all: Groups = [.weights, .architecture]

    func contains(_ group: Group) -> Bool {
      switch group {
      case .weights: contains(Groups.weights)
      case .architecture: contains(Groups.architecture)
      }
    }
  }

  /// The scope path and the name PyTorch gives it, such as `stem.0.weight`.
  package let key: String
  package let layout: Layout
  package let start: Start
  /// Whether the optimizer changes it; running statistics are not learned.
  package let isLearned: Bool
  package let group: Group

  package init(
    key: String, layout: Layout, start: Start, isLearned: Bool = true, group: Group = .weights
  ) {
    self.key = key
    self.layout = layout
    self.start = start
    self.isLearned = isLearned
    self.group = group
  }
}
