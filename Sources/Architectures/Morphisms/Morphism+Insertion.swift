internal import Domain
internal import Engine
internal import Foundation

extension Morphism {
  /// Makes an inserted layer pass its input through.
  func insert(
    _ node: Architecture.Node, _ inputs: [Image], _ old: Weights, _ noise: Double,
    into new: inout Weights, using generator: inout SeededGenerator
  ) throws -> Image {
    guard inputs.count == 1 else {
      throw SpaceError("\(node.scope): an inserted layer must have one input")
    }
    let input = inputs[0]
    let source = parent.nodes[input.node]
    switch node.layer {
    case .conv2d(let filters, let kernel, let stride, let dilation, 1, let padding, let bias):
      guard stride == .init(1), kernel.height % 2 == 1, kernel.width % 2 == 1,
        padding == .init(dilation * (kernel.height / 2), dilation * (kernel.width / 2))
      else { throw SpaceError("\(node.scope): \(node.layer.name) cannot pass its input through") }
      let outputs = try widened(
        source.shape.channels, to: filters, node.scope, using: &generator)
      passThrough(
        node.scope, outputs, input.channels, [kernel.height, kernel.width],
        source.shape.channels, bias: bias, noise, into: &new, using: &generator)
      return Image(node: input.node, channels: outputs)
    case .linear(let units, let bias):
      guard source.shape.height == 1, source.shape.width == 1 else {
        throw SpaceError("\(node.scope): a fully connected layer flattens \(source.shape)")
      }
      let outputs = try widened(source.shape.channels, to: units, node.scope, using: &generator)
      passThrough(
        node.scope, outputs, input.channels, [], source.shape.channels, bias: bias, noise,
        into: &new, using: &generator)
      return Image(node: input.node, channels: outputs)
    case .batchNorm(let affine):
      guard affine else {
        throw SpaceError("\(node.scope): only a learned scale can undo a normalisation")
      }
      let moments = rectifiedMoments(input.node, old)
      let values = input.channels.map { moments.isEmpty ? (mean: 0, variance: 1) : moments[$0] }
      func set(_ name: String, _ value: ((mean: Double, variance: Double)) -> Double) {
        new["\(node.scope).\(name)"] = Tensor(
          shape: [values.count], values: values.map { Float(value($0)) })
      }
      set("running_mean") { $0.mean }
      set("running_var") { $0.variance }
      set("bias") { $0.mean }
      set("weight") { ($0.variance + BatchNorm.epsilon).squareRoot() }
      return input
    case .relu:
      guard isNonNegative(input.node) else {
        throw SpaceError(
          "\(node.scope): a ReLU would change \(source.scope), which may be negative")
      }
      return input
    case .identity, .dropout: return input
    default: throw SpaceError("\(node.scope): \(node.layer.name) cannot be inserted")
    }
  }

  /// The identity over repeated channels, at the centre of the kernel.
  private func passThrough(
    _ scope: String, _ outputs: [Int], _ inputs: [Int], _ kernel: [Int], _ channels: Int,
    bias: Bool, _ noise: Double, into new: inout Weights, using generator: inout SeededGenerator
  ) {
    let taps = kernel.reduce(1, *)
    let counts = Morphism.counts(inputs, of: channels)
    var values = [Float](repeating: 0, count: outputs.count * inputs.count * taps)
    for (row, output) in outputs.enumerated() {
      for (column, input) in inputs.enumerated() where input == output {
        values[(row * inputs.count + column) * taps + taps / 2] = 1 / Float(counts[input])
      }
    }
    let deviation = noise > 0 ? noise * Morphism.deviation(values) : 0
    if deviation > 0 {
      for index in values.indices { values[index] += Float(deviation * generator.bell()) }
    }
    new["\(scope).weight"] = Tensor(shape: [outputs.count, inputs.count] + kernel, values: values)
    if bias {
      new["\(scope).bias"] = Tensor(
        shape: [outputs.count], values: Array(repeating: 0, count: outputs.count))
    }
  }

  /// True where a value of the parent has no negative number.
  private func isNonNegative(_ id: Int) -> Bool {
    let node = parent.nodes[id]
    switch node.layer {
    case .relu, .zero: return true
    case .maxPool, .averagePool, .globalAveragePool, .identity, .dropout, .dropPath, .spatialPad,
      .add, .concat:
      return !node.inputs.isEmpty && node.inputs.allSatisfy(isNonNegative)
    case .conv2d, .shiftedConv, .linear, .batchNorm: return false
    }
  }

  /// Mean and variance of the channels of a ReLU behind a batch normalisation, perhaps behind a pool;
  /// empty where they are not known.
  private func rectifiedMoments(_ id: Int, _ old: Weights) -> [(mean: Double, variance: Double)] {
    var node = parent.nodes[id]
    while node.inputs.count == 1 {
      if case .batchNorm(affine: true) = node.layer { break }
      switch node.layer {
      case .relu, .maxPool, .averagePool, .identity, .dropout: node = parent.nodes[node.inputs[0]]
      default: return []
      }
    }
    guard let scales = old["\(node.scope).weight"], let shifts = old["\(node.scope).bias"],
      case .batchNorm = node.layer
    else { return [] }
    return zip(shifts.values, scales.values).map { shift, scale in
      Morphism.rectified(mean: Double(shift), deviation: abs(Double(scale)))
    }
  }

  /// Mean and variance of max(0, x) for a normal x.
  static func rectified(mean: Double, deviation: Double) -> (mean: Double, variance: Double) {
    guard deviation > 1e-12 else { return (max(0, mean), 0) }
    let z = mean / deviation
    let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    let share = 0.5 * erfc(-z / 2.0.squareRoot())
    let first = mean * share + deviation * density
    let second = (mean * mean + deviation * deviation) * share + mean * deviation * density
    return (first, max(0, second - first * first))
  }
}
