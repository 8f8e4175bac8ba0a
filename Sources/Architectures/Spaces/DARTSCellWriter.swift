internal import Domain

/// Writes one cell of a DARTS network.
struct DARTSCellWriter {
  let space: DARTSCellSpace
  /// 0 normal, 1 reduction.
  let cell: Int
  /// Filters of every state.
  let width: Int

  func write<Builder: NetworkBuilder>(
    _ before: Builder.Value, _ last: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    let (old, new) = (builder.shape(of: before), builder.shape(of: last))
    let isHalved = old.height != new.height || old.width != new.width
    var states = [
      try builder.scoped("states.0") {
        isHalved
          ? try $0.reLUFactorisedReduction(before, width)
          : try $0.reLUConvNorm(before, width, kernel: 1)
      },
      try builder.scoped("states.1") { try $0.reLUConvNorm(last, width, kernel: 1) },
    ]
    for node in 0..<space.nodes {
      var edges: [Builder.Value] = []
      for (state, source) in states.enumerated() {
        let stride = cell == 1 && state < 2 ? 2 : 1
        let rule = space.rule(cell: cell, from: state, to: node)
        edges.append(
          try builder.scoped("edges.\(DARTSCell.edge(from: state, to: node))") { builder in
            try builder.choose(
              rule, on: source,
              among: space.operations.map { operation in
                { try self.branch(operation, $1, stride, into: &$0) }
              })
          })
      }
      states.append(
        try builder.join(
          edges, named: "nodes.\(node)", key: space.key(ofNode: node, cell: cell)))
    }
    return try builder.apply(.concat, Array(states.dropFirst(2)), named: "output")
  }

  /// An operation under its name, its paths dropped unless it hands its source on.
  private func branch<Builder: NetworkBuilder>(
    _ operation: DARTSOperation, _ source: Builder.Value, _ stride: Int,
    into builder: inout Builder
  ) throws -> Builder.Value {
    try builder.scoped(operation.rawValue) { builder in
      let output = try self.operation(operation, source, stride, into: &builder)
      let carriesAll = operation == .none || (operation == .skip && stride == 1)
      guard !carriesAll, space.keep < 1 else { return output }
      return try builder.apply(.dropPath(rate: 1 - space.keep), [output], named: "drop")
    }
  }

  private func operation<Builder: NetworkBuilder>(
    _ operation: DARTSOperation, _ source: Builder.Value, _ stride: Int,
    into builder: inout Builder
  ) throws -> Builder.Value {
    let width = builder.shape(of: source).channels
    switch operation {
    case .none: return try builder.apply(.zero(stride: stride), [source], named: "zero")
    case .max3x3:
      return try pooled(.maxPool(kernel: 3, stride: stride, padding: 1), source, into: &builder)
    case .average3x3:
      return try pooled(
        .averagePool(kernel: 3, stride: stride, padding: 1), source, into: &builder)
    case .skip:
      guard stride > 1 else { return try builder.apply(.identity, [source], named: "identity") }
      return try builder.reLUFactorisedReduction(source, width)
    case .separable3x3:
      return try builder.twiceSeparable(source, width, kernel: 3, stride: stride)
    case .separable5x5:
      return try builder.twiceSeparable(source, width, kernel: 5, stride: stride)
    case .dilated3x3:
      return try builder.reLUSeparableNorm(source, width, kernel: 3, stride: stride, dilation: 2)
    case .dilated5x5:
      return try builder.reLUSeparableNorm(source, width, kernel: 5, stride: stride, dilation: 2)
    }
  }

  /// A pool, normalised without scale and shift.
  private func pooled<Builder: NetworkBuilder>(
    _ pool: Layer, _ source: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    let value = try builder.apply(pool, [source], named: "pool")
    return try builder.apply(.batchNorm(affine: false), [value], named: "norm")
  }
}
