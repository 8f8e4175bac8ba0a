package import Domain

/// The macro search space of ENAS: a chain of layers, each one of six operations on the layer before,
/// plus the outputs of any earlier layers.
///
/// Every layer has as many filters as any other, so that a weight serves all networks: one set for each
/// layer and operation. Outputs that a layer reads besides are added to its own, and the sum is
/// batch-normalised. Twice all maps so far are halved.
///
/// - Source: Pham et al. 2018, arXiv:1802.03268, §2.3, and the released code (`macro_child.py`).
/// - Departs: skips are added, as in the code; the paper concatenates. Layers count as one's earlier
///   layers, the one before among them; in the code the stem stands in the place of the first. The
///   network keeps its width beyond a halving. Four layers by default, for small images and two cores.
package struct ENASMacroSpace: SearchSpace {
  /// What a layer does; the words are those of a genotype's code.
  package enum Operation: String, Hashable, Sendable, CaseIterable {
    case conv3x3 = "conv_3x3"
    case separable3x3 = "sep_3x3"
    case conv5x5 = "conv_5x5"
    case separable5x5 = "sep_5x5"
    case average3x3 = "avg_3x3"
    case max3x3 = "max_3x3"
  }

  package let layers: Int
  package let filters: Int

  package init(layers: Int = 4, filters: Int = 8) {
    self.layers = layers
    self.filters = filters
  }

  package static let entry = SpaceEntry(
    id: "enas-macro", version: 1,
    summary: "A chain of layers of six operations, each with skips from any earlier layers.",
    paper: "Pham et al. 2018, arXiv:1802.03268", inputs: [.image],
    parameters: [
      Parameter(
        "layers", .integer(min: 1, max: 24), default: 4,
        "Layers (published: 12 while searching, 24 at the end)."),
      Parameter(
        "filters", .integer(min: 1, max: 512), default: 8,
        "Filters of every layer (published: 36 while searching, 96 at the end)."),
    ],
    make: { ENASMacroSpace(layers: $0.integer("layers"), filters: $0.integer("filters")) })

  package var points: [DecisionPoint] {
    (0..<layers).flatMap { layer in
      [
        DecisionPoint(
          "layers.\(layer).operation", values: Operation.allCases.map(\.rawValue),
          kind: "operation")
      ]
        + (0..<layer).map {
          DecisionPoint(
            "layers.\(layer).skips.\($0)", values: ["no", "yes"], kind: "skip",
            link: DecisionPoint.Link(from: start(of: $0), to: start(of: layer)))
        }
    }
  }

  package var cardinality: String {
    let bits = layers * (layers - 1) / 2
    return bits > 0 ? "6^\(layers) · 2^\(bits)" : "6"
  }

  /// The index of a layer's operation; its skips follow.
  func start(of layer: Int) -> Int { layer * (layer + 1) / 2 }

  /// Layers after which all maps are halved.
  package var halvings: [Int] {
    layers < 3 ? [] : [layers / 3 - 1, 2 * (layers / 3) - 1]
  }

  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    try refuseSmall(builder.shape(of: builder.input), halvings: halvings.count)
    var last = try builder.scoped("stem") { builder in
      let conv = try builder.apply(.conv(filters, kernel: 3), [builder.input], named: "conv")
      return try builder.apply(.batchNorm(affine: true), [conv], named: "norm")
    }
    var outputs: [Builder.Value] = []
    for layer in 0..<layers {
      last = try builder.scoped("layers.\(layer)") { builder in
        try self.layer(layer, last, outputs, into: &builder)
      }
      outputs.append(last)
      guard halvings.contains(layer) else { continue }
      for index in outputs.indices {
        outputs[index] = try builder.scoped("halvings.\(layer).\(index)") {
          try $0.factorisedReduction(outputs[index], filters)
        }
      }
      last = outputs[layer]
    }
    return try builder.scoped("head") { builder in
      let pool = try builder.apply(.globalAveragePool, [last], named: "pool")
      return try builder.apply(
        .linear(units: builder.classes, bias: true), [pool], named: "linear")
    }
  }

  private func layer<Builder: NetworkBuilder>(
    _ layer: Int, _ last: Builder.Value, _ outputs: [Builder.Value], into builder: inout Builder
  ) throws -> Builder.Value {
    let output = try builder.choose(
      ChoiceRule(point: start(of: layer), key: "layers.\(layer).operation"), on: last,
      among: Operation.allCases.map { operation in
        { builder, source in
          try builder.scoped(operation.rawValue) {
            try self.operation(operation, source, into: &$0)
          }
        }
      })
    guard layer > 0 else { return output }
    var terms = [output]
    for (index, earlier) in outputs.enumerated() {
      let rule = ChoiceRule(
        point: start(of: layer) + 1 + index, key: "layers.\(layer).skips.\(index)")
      terms.append(
        try builder.scoped("skips.\(index)") { builder in
          try builder.choose(
            rule, on: earlier,
            among: [
              { try $0.apply(.zero(stride: 1), [$1], named: "no") },
              { try $0.apply(.identity, [$1], named: "yes") },
            ])
        })
    }
    let sum = try builder.apply(.add, terms, named: "add")
    return try builder.apply(.batchNorm(affine: true), [sum], named: "norm")
  }

  /// A 1×1 convolution, then the operation itself.
  private func operation<Builder: NetworkBuilder>(
    _ operation: Operation, _ source: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    let first = try builder.scoped("in") { builder in
      let conv = try builder.apply(.conv(filters, kernel: 1), [source], named: "conv")
      return try builder.normReLU(conv)
    }
    switch operation {
    case .conv3x3: return try convolution(first, kernel: 3, into: &builder)
    case .conv5x5: return try convolution(first, kernel: 5, into: &builder)
    case .separable3x3: return try separable(first, kernel: 3, into: &builder)
    case .separable5x5: return try separable(first, kernel: 5, into: &builder)
    case .average3x3:
      return try builder.apply(
        .averagePool(kernel: 3, stride: 1, padding: 1), [first], named: "pool")
    case .max3x3:
      return try builder.apply(.maxPool(kernel: 3, stride: 1, padding: 1), [first], named: "pool")
    }
  }

  private func convolution<Builder: NetworkBuilder>(
    _ input: Builder.Value, kernel: Int, into builder: inout Builder
  ) throws -> Builder.Value {
    try builder.scoped("out") { builder in
      let conv = try builder.apply(.conv(filters, kernel: kernel), [input], named: "conv")
      return try builder.normReLU(conv)
    }
  }

  private func separable<Builder: NetworkBuilder>(
    _ input: Builder.Value, kernel: Int, into builder: inout Builder
  ) throws -> Builder.Value {
    try builder.scoped("out") { builder in
      let depthwise = try builder.apply(
        .conv(filters, kernel: kernel, groups: filters), [input], named: "depthwise")
      let pointwise = try builder.apply(.conv(filters, kernel: 1), [depthwise], named: "pointwise")
      return try builder.normReLU(pointwise)
    }
  }
}

extension NetworkBuilder {
  /// Batch normalisation, ReLU.
  fileprivate mutating func normReLU(_ input: Value) throws -> Value {
    let norm = try apply(.batchNorm(affine: true), [input], named: "norm")
    return try apply(.relu, [norm], named: "relu")
  }
}
