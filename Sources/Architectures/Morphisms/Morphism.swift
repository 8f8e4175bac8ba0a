package import Domain
package import Engine

/// Carries the weights of a parent over to a wider and deeper child that computes the same.
///
/// Net2Wider: a layer of more filters repeats random ones of the parent's; whoever reads a repeated
/// channel divides its weights by how often it stands there. Net2Deeper: an inserted layer passes its
/// input through. A pure edit of a dictionary of weights: every value of the child is a value of the
/// parent with repeated channels, and that is carried from node to node.
///
/// Exact in inference mode without noise. An inserted batch normalisation is the identity there; its
/// scale and shift are set to what its input's statistics should be, so that training goes on where
/// it was.
///
/// - Source: Chen et al. 2015, arXiv:1511.05641, §2.2–2.3; Cai et al. 2017, arXiv:1707.04873, released
///   code (noise of 0.01 and 0.001 times the kernel's deviation).
/// - Departs: the statistics come from the moments of a rectified normal variable with the last
///   normalisation's scale and shift, not from a batch of data; one step covers any number of
///   widenings and insertions.
package struct Morphism {
  /// How much noise breaks the symmetry of repeated filters, in deviations of their kernel.
  package struct Noise: Hashable, Sendable {
    package let wider: Double
    package let deeper: Double

    package init(wider: Double = 0.01, deeper: Double = 0.001) {
      self.wider = wider
      self.deeper = deeper
    }

    /// None: for comparing outputs.
    package static let none = Noise(wider: 0, deeper: 0)
  }

  /// What a node of the child holds: a value of the parent, and for each channel the parent's.
  struct Image {
    /// Id of the parent's node.
    let node: Int
    let channels: [Int]
  }

  let parent: Architecture
  private let child: Architecture
  private let descent: Descent
  private let byScope: [String: Architecture.Node]
  private let shapes: [String: [Int]]

  package init(from parent: Architecture, to child: Architecture, _ descent: Descent) {
    self.parent = parent
    self.child = child
    self.descent = descent
    shapes = parent.tensorShapes
    byScope = Dictionary(parent.nodes.map { ($0.scope, $0) }) { first, _ in first }
  }

  /// The child's weights.
  ///
  /// - Throws: `SpaceError` where the child does not compute what the parent does: other layers, a
  ///   narrower one, a sum of channels repeated in two ways, or an insertion whose activation would
  ///   change its input.
  package func weights(
    _ old: Weights, noise: Noise = Noise(), seed: UInt64
  ) throws -> Weights {
    var generator = SeededGenerator(seed: seed)
    var images: [Image] = []
    var new = Weights()
    for node in child.nodes {
      let inputs = node.inputs.map { images[$0] }
      guard let scope = descent.origin(of: node.scope) else {
        images.append(
          try insert(node, inputs, old, noise.deeper, into: &new, using: &generator))
        continue
      }
      guard let source = byScope[scope], source.inputs == inputs.map(\.node) else {
        throw SpaceError("\(node.scope) has no counterpart \(scope) in the parent")
      }
      images.append(
        try carry(node, source, inputs, old, noise.wider, into: &new, using: &generator))
    }
    guard images[child.output].node == parent.output else {
      throw SpaceError("the outputs of parent and child are different layers")
    }
    return new
  }

  /// Repeats what a layer of the parent has.
  private func carry(
    _ node: Architecture.Node, _ source: Architecture.Node, _ inputs: [Image], _ old: Weights,
    _ noise: Double, into new: inout Weights, using generator: inout SeededGenerator
  ) throws -> Image {
    switch (node.layer, source.layer) {
    case (
      .conv2d(let filters, let kernel, _, _, let groups, _, let bias),
      .conv2d(let fewer, _, _, _, _, _, _)
    ):
      guard groups == 1, Morphism.resized(source.layer, filters) == node.layer else {
        throw SpaceError("\(node.scope): \(node.layer.name) is no wider \(source.layer.name)")
      }
      let outputs = try widened(fewer, to: filters, node.scope, using: &generator)
      let taps = kernel.height * kernel.width
      try spread(
        node.scope, source.scope, old, outputs: outputs, inputs: inputs[0].channels, block: taps,
        bias: bias, noise, into: &new, using: &generator)
      return Image(node: source.id, channels: outputs)
    case (.linear(let units, let bias), .linear(let fewer, _)):
      guard Morphism.resized(source.layer, units) == node.layer else {
        throw SpaceError("\(node.scope): \(node.layer.name) is no wider \(source.layer.name)")
      }
      let outputs = try widened(fewer, to: units, node.scope, using: &generator)
      let shape = parent.nodes[source.inputs[0]].shape
      // Columns run over positions, then channels: each position repeats them alike.
      let columns = (0..<shape.height * shape.width).flatMap { position in
        inputs[0].channels.map { position * shape.channels + $0 }
      }
      try spread(
        node.scope, source.scope, old, outputs: outputs, inputs: columns, block: 1, bias: bias,
        noise, into: &new, using: &generator)
      return Image(node: source.id, channels: outputs)
    case (.batchNorm(let affine), .batchNorm) where node.layer == source.layer:
      for name in ["running_mean", "running_var"] + (affine ? ["weight", "bias"] : []) {
        let tensor = try values(of: "\(source.scope).\(name)", old)
        new["\(node.scope).\(name)"] = Tensor(
          shape: [inputs[0].channels.count], values: inputs[0].channels.map { tensor.values[$0] })
      }
      return Image(node: source.id, channels: inputs[0].channels)
    case (.concat, .concat):
      var channels: [Int] = []
      var offset = 0
      for (image, id) in zip(inputs, source.inputs) {
        channels += image.channels.map { $0 + offset }
        offset += parent.nodes[id].shape.channels
      }
      return Image(node: source.id, channels: channels)
    case (.add, .add):
      guard Set(inputs.map(\.channels)).count == 1 else {
        throw SpaceError("\(node.scope) adds channels that are repeated in different ways")
      }
      return Image(node: source.id, channels: inputs[0].channels)
    case _ where node.layer == source.layer:
      return Image(
        node: source.id, channels: inputs.first?.channels ?? Array(0..<node.shape.channels))
    default:
      throw SpaceError("\(node.scope): \(node.layer.name) does not continue \(source.layer.name)")
    }
  }

  /// The layer with another number of filters or units.
  private static func resized(_ layer: Layer, _ count: Int) -> Layer {
    switch layer {
    case .conv2d(_, let kernel, let stride, let dilation, let groups, let padding, let bias):
      .conv2d(
        filters: count, kernel: kernel, stride: stride, dilation: dilation, groups: groups,
        padding: padding, bias: bias)
    case .linear(_, let bias): .linear(units: count, bias: bias)
    default: layer
    }
  }

  /// The map of a wider layer: itself, then random repeats.
  func widened(
    _ fewer: Int, to count: Int, _ scope: String, using generator: inout SeededGenerator
  ) throws -> [Int] {
    guard count >= fewer else {
      throw SpaceError("\(scope) has \(count) channels; the parent's \(fewer) do not fit")
    }
    return Array(0..<fewer) + (fewer..<count).map { _ in generator.below(fewer) }
  }

  /// Repeats rows, and columns divided by how often they stand there; noise comes to the new rows.
  private func spread(
    _ scope: String, _ source: String, _ old: Weights, outputs: [Int], inputs: [Int], block: Int,
    bias: Bool, _ noise: Double, into new: inout Weights, using generator: inout SeededGenerator
  ) throws {
    let tensor = try values(of: "\(source).weight", old)
    let fewer = tensor.shape[1]
    let counts = Morphism.counts(inputs, of: fewer)
    let deviation = noise > 0 ? noise * Morphism.deviation(tensor.values) : 0
    let kept = tensor.shape[0]
    var values: [Float] = []
    values.reserveCapacity(outputs.count * inputs.count * block)
    for (row, output) in outputs.enumerated() {
      for input in inputs {
        let start = (output * fewer + input) * block
        for value in tensor.values[start..<start + block] {
          var value = value / Float(counts[input])
          if row >= kept, deviation > 0 { value += Float(deviation * generator.bell()) }
          values.append(value)
        }
      }
    }
    new["\(scope).weight"] = Tensor(
      shape: [outputs.count, inputs.count] + tensor.shape.dropFirst(2), values: values)
    if bias {
      let tensor = try self.values(of: "\(source).bias", old)
      new["\(scope).bias"] = Tensor(
        shape: [outputs.count], values: outputs.map { tensor.values[$0] })
    }
  }

  private func values(of name: String, _ weights: Weights) throws -> Tensor {
    guard let tensor = weights[name], tensor.shape == shapes[name] else {
      throw SpaceError("the parent's weights have no fitting '\(name)'")
    }
    return tensor
  }

  /// How often each of `count` numbers stands in a list.
  static func counts(_ list: [Int], of count: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: count)
    for value in list { counts[value] += 1 }
    return counts
  }

  static func deviation(_ values: [Float]) -> Double {
    let count = Double(max(1, values.count))
    let mean = values.reduce(0) { $0 + Double($1) } / count
    let square = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (square / count).squareRoot()
  }
}

extension SeededGenerator {
  /// A number of mean 0 and variance 1, nearly normal: the sum of twelve uniform ones less 6.
  mutating func bell() -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + unit() }
  }
}
