package import Domain

/// The cell of NAS-Bench-201 in its published skeleton: four states, six edges, five operations.
///
/// With `operations` and `reduction` it is also the space of the built-in truth, whose skeleton leaves
/// the work to the cells.
///
/// - Source: Dong & Yang 2020, arXiv:2001.00326, §2.1 and figure 1.
/// - Departs: maps of odd size are padded by a row and a column of zeros before the shortcut's pooling;
///   the published network knows even sizes only.
package struct NASBench201Space: SearchSpace {
  /// The words of the benchmark, in its order.
  package static let operations = [
    "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3",
  ]
  /// From which state to which each edge leads, in the order of the benchmark's string.
  package static let edges = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]

  /// Which operations an edge chooses among.
  package enum Choices: String, Sendable, CaseIterable {
    /// The benchmark's five.
    case all
    /// Skip, convolution 3×3 and average pooling: 729 cells, none without a path.
    case few

    /// Places in the benchmark's list.
    var places: [Int] { self == .all ? [0, 1, 2, 3, 4] : [1, 3, 4] }
  }

  /// What stands before each stage but the first.
  package enum Reduction: String, Sendable, CaseIterable {
    /// The published residual block: two convolutions 3×3 beside a shortcut.
    case residual
    /// Average pooling 2×2, convolution 1×1 and batch normalisation: no convolution that sees neighbours.
    case projection
  }

  /// Channels of the first stage; each later stage has twice as many.
  package let width: Int
  package let cellsPerStage: Int
  package let stages: Int
  package let choices: Choices
  package let reduction: Reduction

  package init(
    width: Int = 8, cellsPerStage: Int = 1, stages: Int = 3, choices: Choices = .all,
    reduction: Reduction = .residual
  ) {
    self.width = width
    self.cellsPerStage = cellsPerStage
    self.stages = stages
    self.choices = choices
    self.reduction = reduction
  }

  /// The words that an edge chooses among, in the benchmark's order.
  package var words: [String] { choices.places.map { NASBench201Space.operations[$0] } }

  package static let entry = SpaceEntry(
    id: "nasbench201-cell", version: 1,
    summary: "The NAS-Bench-201 cell: six edges, five operations each, stacked in stages.",
    paper: "Dong & Yang 2020, arXiv:2001.00326", inputs: [.image],
    parameters: [
      Parameter(
        "width", .integer(min: 1, max: 256), default: 8,
        "Channels of the first stage; each later stage has twice as many (published: 16)."),
      Parameter(
        "cells_per_stage", .integer(min: 1, max: 20), default: 1,
        "Cells in each stage (published: 5)."),
      Parameter(
        "stages", .integer(min: 1, max: 5), default: 3,
        "Stages; each after the first halves height and width (published: 3)."),
      Parameter(
        "operations", .choice(Choices.allCases.map(\.rawValue)), default: "all",
        "Operations of an edge: all five, or few: skip, convolution 3×3 and average pooling."),
      Parameter(
        "reduction", .choice(Reduction.allCases.map(\.rawValue)), default: "residual",
        "Before each stage but the first: the published residual block, or a projection, average "
          + "pooling and a convolution 1×1."),
    ],
    make: {
      NASBench201Space(
        width: $0.integer("width"), cellsPerStage: $0.integer("cells_per_stage"),
        stages: $0.integer("stages"),
        choices: Choices(rawValue: $0.word("operations")) ?? .all,
        reduction: Reduction(rawValue: $0.word("reduction")) ?? .residual)
    })

  package var points: [DecisionPoint] {
    NASBench201Space.edges.map {
      DecisionPoint(
        "\($0.1)<-\($0.0)", values: words, kind: "operation")
    }
  }

  package var cardinality: String { choices == .all ? "15625" : "729" }

  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    try refuseSmall(builder.shape(of: builder.input))
    var value = try builder.scoped("stem") { builder in
      let conv = try builder.apply(.conv(width, kernel: 3), [builder.input], named: "conv")
      return try builder.apply(.batchNorm(affine: true), [conv], named: "norm")
    }
    for stage in 0..<stages {
      value = try builder.scoped("stages.\(stage)") { builder in
        var value = value
        if stage > 0 {
          value = try builder.scoped("reduction") { builder in
            reduction == .residual
              ? try residual(of: value, filters: width << stage, into: &builder)
              : try projection(of: value, filters: width << stage, into: &builder)
          }
        }
        for cell in 0..<cellsPerStage {
          value = try builder.scoped("cells.\(cell)") { builder in
            try self.cell(on: value, into: &builder)
          }
        }
        return value
      }
    }
    try note(into: &builder)
    return try builder.scoped("head") { builder in
      let norm = try builder.apply(.batchNorm(affine: true), [value], named: "norm")
      let relu = try builder.apply(.relu, [norm], named: "relu")
      let pool = try builder.apply(.globalAveragePool, [relu], named: "pool")
      return try builder.apply(
        .linear(units: builder.classes, bias: true), [pool], named: "linear")
    }
  }

  private func refuseSmall(_ input: TensorShape) throws(SpaceError) {
    // A halving needs two rows and two columns, and 3 rounds up to 2.
    let least = stages > 1 ? 1 << (stages - 2) + 1 : 1
    guard min(input.height, input.width) >= least else {
      throw SpaceError(
        "an image of \(input.height)×\(input.width) is too small for \(stages) stages, which halve "
          + "it \(stages - 1) times; it must be at least \(least)×\(least), or stages fewer")
    }
  }

  /// One cell: each state is the sum of its edges.
  private func cell<Builder: NetworkBuilder>(
    on input: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    var states = [input]
    for state in 1...3 {
      var terms: [Builder.Value] = []
      for (index, edge) in NASBench201Space.edges.enumerated() where edge.1 == state {
        let source = states[edge.0]
        terms.append(
          try builder.scoped("edges.\(index)") { builder in
            try self.edge(index, from: source, into: &builder)
          })
      }
      states.append(
        terms.count == 1
          ? terms[0]
          : try builder.join(
            terms, named: "states.\(state)", key: NASBench201Space.key(ofNode: state)))
    }
    return states[3]
  }

  private func edge<Builder: NetworkBuilder>(
    _ point: Int, from source: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    let words = NASBench201Space.operations
    let all: [(inout Builder, Builder.Value) throws -> Builder.Value] = [
      { try $0.apply(.zero(stride: 1), [$1], named: words[0]) },
      { try $0.apply(.identity, [$1], named: words[1]) },
      { builder, source in
        let channels = builder.shape(of: source).channels
        return try builder.scoped(words[2]) { try $0.reLUConvNorm(source, channels, kernel: 1) }
      },
      { builder, source in
        let channels = builder.shape(of: source).channels
        return try builder.scoped(words[3]) { try $0.reLUConvNorm(source, channels, kernel: 3) }
      },
      { try $0.apply(.averagePool(kernel: 3, stride: 1, padding: 1), [$1], named: words[4]) },
    ]
    return try builder.choose(
      ChoiceRule(point: point, key: NASBench201Space.key(ofEdge: point), isEdge: true), on: source,
      among: choices.places.map { all[$0] })
  }

  /// The key of an edge's choice, equal in all cells.
  package static func key(ofEdge edge: Int) -> String { "cell.edges.\(edge)" }

  /// The residual block of stride 2 that stands before each stage but the first.
  private func residual<Builder: NetworkBuilder>(
    of input: Builder.Value, filters: Int, into builder: inout Builder
  ) throws -> Builder.Value {
    let first = try builder.scoped("a") {
      try $0.reLUConvNorm(input, filters, kernel: 3, stride: 2)
    }
    let second = try builder.scoped("b") { try $0.reLUConvNorm(first, filters, kernel: 3) }
    let shortcut = try builder.scoped("shortcut") {
      try $0.halved(input, filters)
    }
    return try builder.apply(.add, [second, shortcut], named: "add")
  }

  /// Pooling and a normalised convolution 1×1.
  private func projection<Builder: NetworkBuilder>(
    of input: Builder.Value, filters: Int, into builder: inout Builder
  ) throws -> Builder.Value {
    let conv = try builder.halved(input, filters)
    return try builder.apply(.batchNorm(affine: true), [conv], named: "norm")
  }

  /// Tells the figure of the one cell; a supernet has no figure.
  private func note(into builder: inout some NetworkBuilder) throws {
    let picks = NASBench201Space.edges.indices.map { (try? builder.pick($0)) ?? nil }
    let operations = picks.compactMap { $0.map { choices.places[$0] } }
    guard operations.count == NASBench201Space.edges.count else { return }
    let isLive = NASBench201Space.liveEdges(operations)
    builder.note(
      Architecture.Cell(
        name: "cell", states: ["input", "node 1", "node 2", "output"],
        edges: NASBench201Space.edges.enumerated().map { index, edge in
          Architecture.Cell.Edge(
            from: edge.0, to: edge.1, operation: NASBench201Space.operations[operations[index]],
            isLive: isLive[index])
        },
        repeats: (0..<stages).flatMap { stage in
          (0..<cellsPerStage).map { "stages.\(stage).cells.\($0)" }
        }))
  }

  /// For each edge, whether it lies on a path from input to output that no `none` breaks.
  package static func liveEdges(_ operations: [Int]) -> [Bool] {
    let paths = [[3], [0, 4], [1, 5], [0, 2, 5]]
    let live = paths.filter { $0.allSatisfy { operations[$0] != 0 } }.joined()
    return edges.indices.map { live.contains($0) }
  }
}

extension NetworkBuilder {
  /// Average pooling 2×2, padded where the size is odd, and a convolution 1×1.
  fileprivate mutating func halved(_ input: Value, _ filters: Int) throws -> Value {
    var value = input
    let shape = shape(of: value)
    if shape.height % 2 + shape.width % 2 > 0 {
      value = try apply(
        .spatialPad(
          height: shape.height + shape.height % 2, width: shape.width + shape.width % 2),
        [value], named: "pad")
    }
    value = try apply(.averagePool(kernel: 2, stride: 2, padding: 0), [value], named: "pool")
    return try apply(.conv(filters, kernel: 1), [value], named: "conv")
  }
}
