package import Domain

/// Plain networks on finite ladders, made to be grown: stages of convolutions with pooling between,
/// then fully connected layers, each with batch normalisation and ReLU.
///
/// Every depth, width and kernel is a decision, so that the networks reachable from a small one by
/// wider and deeper steps are genotypes like any other.
///
/// - Source: Cai et al. 2017, arXiv:1707.04873, §4; ladders and tokens as in its released code.
/// - Departs: depth is bounded per stage, so that the space is finite; fully connected layers are
///   normalised too.
package struct EASChainSpace: SearchSpace {
  package let stages: Int
  package let maxDepth: Int
  package let denseDepth: Int
  package let widths: [Int]
  package let units: [Int]
  package let kernels: [Int]

  package init(
    stages: Int = 2, maxDepth: Int = 3, denseDepth: Int = 2, widths: [Int] = [4, 8, 12, 16, 24],
    units: [Int] = [8, 16, 24, 32, 48], kernels: [Int] = [1, 3, 5]
  ) {
    self.stages = stages
    self.maxDepth = maxDepth
    self.denseDepth = denseDepth
    self.widths = widths
    self.units = units
    self.kernels = kernels
  }

  package static let entry = SpaceEntry(
    id: "eas-chain", version: 1,
    summary: "Plain networks on ladders of depth and width, which grow with their weights.",
    paper: "Cai et al. 2017, arXiv:1707.04873", inputs: [.image],
    parameters: [
      Parameter(
        "stages", .integer(min: 1, max: 6), default: 2,
        "Stages of convolutions; between them pooling halves the image."),
      Parameter(
        "max_depth", .integer(min: 1, max: 10), default: 3, "Most convolutions of a stage."),
      Parameter(
        "dense_depth", .integer(min: 1, max: 5), default: 2, "Most hidden fully connected layers."),
      Parameter(
        "widths",
        .choice([
          "4,8,12,16,24", "4,8,12,16,24,32", "8,16,24,32,48",
          "16,32,64,96,128,192,256,320,384,448,512",
        ]), default: "4,8,12,16,24", "The ladder of filters of a convolution."),
      Parameter(
        "units",
        .choice(["8,16,24,32,48", "16,32,48,64,96,128", "64,128,256,384,512,640,768,896,1024"]),
        default: "8,16,24,32,48", "The ladder of units of a fully connected layer."),
      Parameter(
        "kernels", .choice(["1,3", "1,3,5"]), default: "1,3,5", "Kernels of a convolution."),
    ],
    make: {
      func ladder(_ text: String) -> [Int] { text.split(separator: ",").compactMap { Int($0) } }
      return EASChainSpace(
        stages: $0.integer("stages"), maxDepth: $0.integer("max_depth"),
        denseDepth: $0.integer("dense_depth"), widths: ladder($0.word("widths")),
        units: ladder($0.word("units")), kernels: ladder($0.word("kernels")))
    })

  /// The space whose points these are; nil where they are another's.
  package init?(points: [DecisionPoint]) {
    func ladder(_ name: String) -> [Int] {
      points.first { $0.name == name }?.values.compactMap { Int($0) } ?? []
    }
    func depths(_ suffix: String, _ prefix: String) -> [Int] {
      points.filter { $0.name.hasPrefix(prefix) && $0.name.hasSuffix(suffix) }.map(\.values.count)
    }
    let stages = depths(".depth", "stages.")
    self.init(
      stages: stages.count, maxDepth: stages.first ?? 0,
      denseDepth: depths(".depth", "dense.").first ?? 0,
      widths: ladder("stages.0.layers.0.width"), units: ladder("dense.layers.0.units"),
      kernels: ladder("stages.0.layers.0.kernel"))
    guard !points.isEmpty, maxDepth > 0, denseDepth > 0, self.points == points else { return nil }
  }

  package var points: [DecisionPoint] {
    var points: [DecisionPoint] = []
    for stage in 0..<stages {
      let depth = points.count
      let name = "stages.\(stage)"
      points.append(ladder("\(name).depth", Array(1...maxDepth)))
      for layer in 0..<maxDepth {
        let condition = condition(depth, layer, of: maxDepth)
        points.append(ladder("\(name).layers.\(layer).width", widths, condition))
        points.append(ladder("\(name).layers.\(layer).kernel", kernels, condition))
      }
    }
    let depth = points.count
    points.append(ladder("dense.depth", Array(1...denseDepth)))
    for layer in 0..<denseDepth {
      points.append(
        ladder("dense.layers.\(layer).units", units, condition(depth, layer, of: denseDepth)))
    }
    return points
  }

  private func ladder(
    _ name: String, _ values: [Int], _ condition: DecisionPoint.Condition? = nil
  ) -> DecisionPoint {
    DecisionPoint(name, values: values.map(String.init), isOrdered: true, condition: condition)
  }

  private func condition(_ depth: Int, _ layer: Int, of most: Int) -> DecisionPoint.Condition? {
    layer == 0 ? nil : DecisionPoint.Condition(index: depth, values: Array(layer..<most))
  }

  package var cardinality: String {
    func sum(_ choices: Int, _ most: Int) -> Int? {
      var total = 0
      var product = 1
      for _ in 0..<most {
        let (next, overflow) = product.multipliedReportingOverflow(by: choices)
        guard !overflow, next < 1 << 53 else { return nil }
        product = next
        total += next
      }
      return total
    }
    let convolutions = widths.count * kernels.count
    if let stage = sum(convolutions, maxDepth), var total = sum(units.count, denseDepth) {
      var isWhole = true
      for _ in 0..<stages {
        let (next, overflow) = total.multipliedReportingOverflow(by: stage)
        isWhole = isWhole && !overflow && next < 1 << 53
        total = isWhole ? next : total
      }
      if isWhole { return "\(total)" }
    }
    return
      "(Σ \(convolutions)^d, d ≤ \(maxDepth))^\(stages) · Σ \(units.count)^d, d ≤ \(denseDepth)"
  }

  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    let plan = try plan { try builder.pick($0) }
    let image = builder.shape(of: builder.input)
    guard min(image.height, image.width) >= 1 << (stages - 1) else {
      throw SpaceError(
        "an image of \(image.height)×\(image.width) is too small for \(stages) stages, which halve "
          + "it \(stages - 1) times; it must be at least \(1 << (stages - 1)) wide and high")
    }
    var value = builder.input
    for (stage, layers) in plan.stages.enumerated() {
      if stage > 0 {
        value = try builder.scoped("stages.\(stage)") {
          try $0.apply(.maxPool(kernel: 2, stride: 2, padding: 0), [value], named: "pool")
        }
      }
      for (layer, size) in layers.enumerated() {
        value = try builder.scoped("stages.\(stage).layers.\(layer)") {
          let conv = try $0.apply(
            .conv(size.width, kernel: size.kernel), [value], named: "conv")
          return try $0.normReLU(conv)
        }
      }
    }
    for (layer, units) in plan.dense.enumerated() {
      value = try builder.scoped("dense.layers.\(layer)") {
        let linear = try $0.apply(.linear(units: units, bias: false), [value], named: "linear")
        return try $0.normReLU(linear)
      }
    }
    return try builder.scoped("head") {
      try $0.apply(.linear(units: $0.classes, bias: true), [value], named: "linear")
    }
  }
}

extension NetworkBuilder {
  /// Batch normalisation and ReLU.
  fileprivate mutating func normReLU(_ value: Value) throws -> Value {
    let norm = try apply(.batchNorm(affine: true), [value], named: "norm")
    return try apply(.relu, [norm], named: "relu")
  }
}
