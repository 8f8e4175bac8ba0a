package import Domain

/// A chain of convolutions with skip connections: per layer the filter's height and width, the number
/// of filters, the stride, and which earlier layers it reads; how many layers there are may be searched
/// too, and those beyond the depth are inactive.
///
/// A layer that picks no input reads the image; several inputs are concatenated, smaller maps padded
/// with zeros; outputs that nobody read are concatenated before the classifier.
///
/// - Source: Zoph & Le 2016, arXiv:1611.01578, §3.2–3.3.
/// - Departs: sizes fit small images and two cores; strides may be limited to the first layers.
package struct NASChainSpace: SearchSpace {
  /// Most layers.
  package let layers: Int
  /// Fewest layers; where it is less than `layers`, the first point is the depth.
  package let minLayers: Int
  package let kernels: [Int]
  package let filters: [Int]
  /// Leading layers whose strides are searched; all others have stride 1.
  package let stridedLayers: Int
  private let strides = [1, 2, 3]

  package init(
    layers: Int = 4, minLayers: Int = .max, kernels: [Int] = [1, 3],
    filters: [Int] = [4, 8, 12, 16], stridedLayers: Int = 0
  ) {
    self.layers = layers
    self.minLayers = min(max(minLayers, 1), layers)
    self.kernels = kernels
    self.filters = filters
    self.stridedLayers = min(layers, stridedLayers)
  }

  package static let entry = SpaceEntry(
    id: "nas-chain", version: 2,
    summary: "A chain of convolutions with searched filters, strides and skip connections.",
    paper: "Zoph & Le 2016, arXiv:1611.01578", inputs: [.image],
    parameters: [
      Parameter("layers", .integer(min: 1, max: 20), default: 4, "Most convolution layers."),
      Parameter(
        "min_layers", .integer(min: 1, max: 20), default: 2,
        "Fewest convolution layers; as many as layers: the depth is not searched."),
      Parameter(
        "kernels", .choice(["1,3", "1,3,5", "1,3,5,7"]), default: "1,3",
        "Heights and widths a filter may have (published: 1,3,5,7)."),
      Parameter(
        "filters", .choice(["4,8,12,16", "8,16,24", "24,36,48,64"]), default: "4,8,12,16",
        "Numbers of filters a layer may have (published: 24,36,48,64)."),
      Parameter(
        "strided_layers", .integer(min: 0, max: 20), default: 0,
        "Leading layers whose strides (1, 2, 3) are searched too; 2 suit images of 8×8."),
    ],
    make: {
      NASChainSpace(
        layers: $0.integer("layers"), minLayers: $0.integer("min_layers"),
        kernels: $0.word("kernels").split(separator: ",").compactMap { Int($0) },
        filters: $0.word("filters").split(separator: ",").compactMap { Int($0) },
        stridedLayers: $0.integer("strided_layers"))
    })

  package var points: [DecisionPoint] {
    let depth =
      isDepthSearched
      ? [
        DecisionPoint(
          "layers", values: (minLayers...layers).map(String.init), isOrdered: true,
          kind: DecisionPoint.depth)
      ] : []
    return depth + (0..<layers).flatMap(points)
  }

  private func points(of layer: Int) -> [DecisionPoint] {
    let condition =
      layer < minLayers
      ? nil
      : DecisionPoint.Condition(
        index: 0, values: Array(layer + 1 - minLayers...layers - minLayers))
    return sizes(of: layer).map {
      DecisionPoint(
        "layers.\(layer).\($0.0)", values: $0.1.map(String.init), isOrdered: true,
        condition: condition, kind: $0.0)
    }
      + (0..<layer).map {
        DecisionPoint(
          "layers.\(layer).reads.\($0)", values: ["no", "yes"], condition: condition,
          kind: "reads", link: DecisionPoint.Link(from: end(of: $0), to: end(of: layer)))
      }
  }

  /// True where the first point says how many layers there are.
  var isDepthSearched: Bool { minLayers < layers }

  package var cardinality: String {
    let counts = (minLayers...layers).map { cardinality(of: $0) }
    var total = 0
    for count in counts {
      guard let number = Int(count), total + number < 1 << 53 else {
        return counts.joined(separator: " + ")
      }
      total += number
    }
    return "\(total)"
  }

  private func cardinality(of depth: Int) -> String {
    let sizes = (0..<depth).flatMap { self.sizes(of: $0).map(\.1.count) }
    let bits = depth * (depth - 1) / 2
    var product = 1
    for factor in sizes + Array(repeating: 2, count: bits) {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      guard !overflow, next < 1 << 53 else {
        let unstrided = kernels.count * kernels.count * filters.count
        let strided = stridedLayers > 0 ? " · 9^\(min(depth, stridedLayers))" : ""
        return "\(unstrided)^\(depth)\(strided) · 2^\(bits)"
      }
      product = next
    }
    return "\(product)"
  }

  /// Names and values of a layer's sizes, in the order of its points.
  func sizes(of layer: Int) -> [(String, [Int])] {
    let shape = [("filter_height", kernels), ("filter_width", kernels)]
    let stride = [("stride_height", strides), ("stride_width", strides)]
    return shape + (layer < stridedLayers ? stride : []) + [("filters", filters)]
  }

  /// The index of a layer's first point.
  func start(of layer: Int) -> Int {
    (0..<layer).reduce(isDepthSearched ? 1 : 0) { $0 + sizes(of: $1).count + $1 }
  }

  /// The index of the last point that shapes a layer; what it reads is asked after it.
  private func end(of layer: Int) -> Int { start(of: layer) + sizes(of: layer).count - 1 }

  /// How many layers a genotype has, by the value of its first point.
  func depth(_ first: Int?) -> Int { isDepthSearched ? minLayers + (first ?? 0) : layers }

  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    var outputs: [Builder.Value] = []
    var isRead: [Bool] = []
    let depth = depth(isDepthSearched ? try builder.pick(0) : nil)
    for layer in 0..<depth {
      let choice = try Choice(self, layer, builder)
      let read = choice.reads.isEmpty ? [builder.input] : choice.reads.map { outputs[$0] }
      for index in choice.reads { isRead[index] = true }
      outputs.append(
        try builder.scoped("layers.\(layer)") { builder in
          let joined = try join(read, into: &builder)
          let conv = try builder.apply(choice.layer, [joined], named: "conv")
          let norm = try builder.apply(.batchNorm(affine: true), [conv], named: "norm")
          return try builder.apply(.relu, [norm], named: "relu")
        })
      isRead.append(false)
    }
    return try builder.scoped("head") { builder in
      let joined = try join(
        outputs.indices.filter { !isRead[$0] }.map { outputs[$0] }, into: &builder)
      let pool = try builder.apply(.globalAveragePool, [joined], named: "pool")
      return try builder.apply(
        .linear(units: builder.classes, bias: true), [pool], named: "linear")
    }
  }

  /// One value of all: smaller maps padded to the largest height and width, then concatenated.
  private func join<Builder: NetworkBuilder>(
    _ values: [Builder.Value], into builder: inout Builder
  ) throws -> Builder.Value {
    guard values.count > 1 else { return values[0] }
    let shapes = values.map { builder.shape(of: $0) }
    let height = shapes.reduce(0) { max($0, $1.height) }
    let width = shapes.reduce(0) { max($0, $1.width) }
    var padded: [Builder.Value] = []
    for (index, shape) in shapes.enumerated() {
      let fits = shape.height == height && shape.width == width
      padded.append(
        fits
          ? values[index]
          : try builder.apply(
            .spatialPad(height: height, width: width), [values[index]], named: "pad.\(index)"))
    }
    return try builder.apply(.concat, padded, named: "concat")
  }
}

extension NASChainSpace {
  /// What one layer's points chose.
  private struct Choice {
    let layer: Layer
    let reads: [Int]

    init(_ space: NASChainSpace, _ layer: Int, _ builder: some NetworkBuilder) throws {
      var point = space.start(of: layer)
      var chosen: [String: Int] = [:]
      for (name, values) in space.sizes(of: layer) {
        guard let index = try builder.pick(point), values.indices.contains(index) else {
          throw SpaceError("layers.\(layer).\(name) is not chosen; it must be one of \(values)")
        }
        chosen[name] = values[index]
        point += 1
      }
      reads = try (0..<layer).filter { try builder.pick(point + $0) == 1 }
      func size(_ name: String) -> Int { chosen[name] ?? 1 }
      let kernel = Layer.Extent(size("filter_height"), size("filter_width"))
      self.layer = .conv2d(
        filters: size("filters"), kernel: kernel,
        stride: Layer.Extent(size("stride_height"), size("stride_width")), dilation: 1, groups: 1,
        padding: Layer.Extent((kernel.height - 1) / 2, (kernel.width - 1) / 2), bias: false)
    }
  }
}
