package import Domain

/// One block of up to T layers, written as a Network Structure Code and stacked in stages.
///
/// Every layer is one decision point whose values are the whole tuples that may stand there, so that
/// "the last layer chosen" is one value. Convolutions are ReLU, convolution, batch normalisation; all
/// in a block has stride 1. Outputs that nobody reads are concatenated; wherever widths do not fit (a
/// concatenation, a sum of unequal widths, a block's output) ReLU, 1×1 convolution and batch
/// normalisation restore the stage's width. Stages are parted by 2×2 max pooling, each twice as wide.
///
/// - Source: Zhong et al. 2017, arXiv:1708.05552, §3.1, table 1 and figure 3.
/// - Departs: a pool of kernel 1 is the identity it computes; inputs of sums and concatenations are
///   unordered; sizes fit small images (published: T 23, kernels 1, 3, 5, widths 32, 64, 128).
package struct BlockQNNSpace: SearchSpace {
  package let layers: Int
  package let kernels: [Int]
  package let width: Int
  package let blocksPerStage: Int
  package let stages: Int

  package init(
    layers: Int = 5, kernels: [Int] = [1, 3], width: Int = 8, blocksPerStage: Int = 1,
    stages: Int = 2
  ) {
    self.layers = layers
    self.kernels = kernels
    self.width = width
    self.blocksPerStage = blocksPerStage
    self.stages = stages
  }

  package static let entry = SpaceEntry(
    id: "block-qnn", version: 1,
    summary: "A block of convolutions, pools, sums and concatenations, stacked in stages.",
    paper: "Zhong et al. 2017, arXiv:1708.05552", inputs: [.image],
    parameters: [
      Parameter(
        "layers", .integer(min: 1, max: 23), default: 5, "Most layers of the block (published: 23)."
      ),
      Parameter(
        "kernels", .choice(["1,3", "1,3,5"]), default: "1,3",
        "Kernels of a convolution (published: 1,3,5)."),
      Parameter(
        "width", .integer(min: 1, max: 512), default: 8,
        "Channels of the first stage; each further stage has twice as many (published: 32)."),
      Parameter(
        "blocks_per_stage", .integer(min: 1, max: 16), default: 1,
        "How often the block stands in a stage (published: 4)."),
      Parameter(
        "stages", .integer(min: 1, max: 5), default: 2,
        "Stages, parted by pooling that halves the image (published: 3)."),
    ],
    make: {
      BlockQNNSpace(
        layers: $0.integer("layers"),
        kernels: $0.word("kernels").split(separator: ",").compactMap { Int($0) },
        width: $0.integer("width"), blocksPerStage: $0.integer("blocks_per_stage"),
        stages: $0.integer("stages"))
    })

  package var points: [DecisionPoint] {
    (1...layers).map { index in
      // The value before the terminal is the last that lets a layer follow.
      let open = index < 2 ? 0 : choices(at: index - 1).count - (index > 2 ? 1 : 0)
      return DecisionPoint(
        "layers.\(index)", values: choices(at: index).map(\.label),
        condition: index == 1 ? nil : .init(index: index - 2, values: Array(0..<open)))
    }
  }

  package var cardinality: String {
    var total = 0
    var codes = 1
    for index in 1...layers {
      let (product, overflow) = codes.multipliedReportingOverflow(
        by: choices(at: index).count - (index > 1 ? 1 : 0))
      guard !overflow, product < 1 << 53 else {
        return "Σ over n in 1…\(layers) of ∏ over i in 1…n of (i² + \(kernels.count + 4)·i)"
      }
      codes = product
      total += codes
    }
    return "\(total)"
  }

  /// All layers that may stand at `index`, from 1.
  package func choices(at index: Int) -> [BlockLayer] {
    BlockLayer.choices(at: index, kernels: kernels)
  }

  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    let block = try pickedLayers(builder)
    let image = builder.shape(of: builder.input)
    guard min(image.height, image.width) >= 1 << (stages - 1) else {
      throw SpaceError(
        "an image of \(image.height)×\(image.width) is too small for \(stages) stages, which halve "
          + "it \(stages - 1) times; it must be at least \(1 << (stages - 1)) wide and high")
    }
    var value = try builder.scoped("stem") { builder in
      let conv = try builder.apply(.conv(width, kernel: 3), [builder.input], named: "conv")
      return try builder.apply(.batchNorm(affine: true), [conv], named: "norm")
    }
    for stage in 0..<stages {
      value = try builder.scoped("stages.\(stage)") { builder in
        var value = value
        if stage > 0 {
          value = try builder.apply(
            .maxPool(kernel: 2, stride: 2, padding: 0), [value], named: "pool")
        }
        for index in 0..<blocksPerStage {
          value = try builder.scoped("blocks.\(index)") {
            try stack(block, on: value, width: width << stage, into: &$0)
          }
        }
        return value
      }
    }
    builder.note(cell(of: block))
    return try builder.scoped("head") { builder in
      let relu = try builder.apply(.relu, [value], named: "relu")
      let pool = try builder.apply(.globalAveragePool, [relu], named: "pool")
      return try builder.apply(
        .linear(units: builder.classes, bias: true), [pool], named: "linear")
    }
  }

  private func pickedLayers(_ builder: some NetworkBuilder) throws -> [BlockLayer] {
    var block: [BlockLayer] = []
    for index in 1...layers {
      let choices = choices(at: index)
      guard let value = try builder.pick(index - 1), choices.indices.contains(value) else {
        throw SpaceError("layers.\(index) is not chosen; it must be one of \(choices.count)")
      }
      if choices[value].operation == .terminal { break }
      block.append(choices[value])
    }
    return block
  }

  /// One block on a value.
  private func stack<Builder: NetworkBuilder>(
    _ block: [BlockLayer], on input: Builder.Value, width: Int, into builder: inout Builder
  ) throws -> Builder.Value {
    var values = [input]
    for (index, layer) in block.enumerated() {
      let sources = layer.inputs.map { values[$0] }
      values.append(
        try builder.scoped("layers.\(index + 1)") {
          try apply(layer, sources, width: width, into: &$0)
        })
    }
    let loose = BlockQNNSpace.looseEnds(of: block).map { values[$0] }
    return try builder.scoped("output") { builder in
      let joined =
        loose.count == 1 ? loose[0] : try builder.apply(.concat, loose, named: "concat")
      return try builder.fitted(joined, to: width)
    }
  }

  private func apply<Builder: NetworkBuilder>(
    _ layer: BlockLayer, _ sources: [Builder.Value], width: Int, into builder: inout Builder
  ) throws -> Builder.Value {
    let pool = layer.kernel / 2
    switch layer.operation {
    case .convolution: return try builder.reLUConvNorm(sources[0], width, kernel: layer.kernel)
    case .maxPool where layer.kernel > 1:
      return try builder.apply(
        .maxPool(kernel: layer.kernel, stride: 1, padding: pool), sources, named: "pool")
    case .averagePool where layer.kernel > 1:
      return try builder.apply(
        .averagePool(kernel: layer.kernel, stride: 1, padding: pool), sources, named: "pool")
    case .maxPool, .averagePool, .identity, .terminal:
      return try builder.apply(.identity, [sources[0]], named: "identity")
    case .add:
      let isEven = Set(sources.map { builder.shape(of: $0).channels }).count == 1
      let terms =
        isEven
        ? sources
        : try sources.enumerated().map { index, source in
          try builder.scoped("fit.\(index)") { try $0.fitted(source, to: width) }
        }
      return try builder.apply(.add, terms, named: "add")
    case .concat:
      let joined = try builder.apply(.concat, sources, named: "concat")
      return try builder.fitted(joined, to: width)
    }
  }

  /// Numbers of the layers, 0 for the input, that no layer reads.
  package static func looseEnds(of block: [BlockLayer]) -> [Int] {
    let read = Set(block.flatMap(\.inputs))
    return (0...block.count).filter { !read.contains($0) }
  }

  /// The figure: every layer a state, the joining of loose ends counted like any other edge.
  private func cell(of block: [BlockLayer]) -> Architecture.Cell {
    let loose = BlockQNNSpace.looseEnds(of: block)
    let joining = BlockLayer(loose.count > 1 ? .concat : .identity)
    let edges = block.enumerated().flatMap { index, layer in
      layer.inputs.map { ($0, index + 1, layer.title) }
    }
    return Architecture.Cell(
      name: "block",
      states: ["input"] + block.indices.map { "layer \($0 + 1)" } + ["output"],
      edges: (edges + loose.map { ($0, block.count + 1, joining.title) }).map {
        Architecture.Cell.Edge(from: $0.0, to: $0.1, operation: $0.2, isLive: true)
      },
      repeats: (0..<stages).flatMap { stage in
        (0..<blocksPerStage).map { "stages.\(stage).blocks.\($0)" }
      })
  }
}

extension NetworkBuilder {
  /// The value itself where it has so many channels, or a 1×1 convolution of it.
  fileprivate mutating func fitted(_ value: Value, to width: Int) throws -> Value {
    shape(of: value).channels == width ? value : try reLUConvNorm(value, width, kernel: 1)
  }
}
