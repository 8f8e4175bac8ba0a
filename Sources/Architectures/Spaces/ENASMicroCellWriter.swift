internal import Domain

/// Writes one cell of an ENAS network; all its states have one size.
struct ENASMicroCellWriter {
  let space: ENASMicroSpace
  /// 0 normal, 1 reduction.
  let cell: Int
  /// Filters of every state.
  let width: Int

  func write<Builder: NetworkBuilder>(
    _ before: Builder.Value, _ last: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    var states = [
      try builder.scoped("states.0") { try aligned(before, with: last, into: &$0) },
      try builder.scoped("states.1") { try aligned(last, with: last, into: &$0) },
    ]
    for block in 0..<space.blocks {
      states.append(
        try builder.scoped("blocks.\(block)") { builder in
          let sides = try ["first", "second"].enumerated().map { side, name in
            try builder.scoped(name) { try branch(block, side, states, into: &$0) }
          }
          return try builder.apply(.add, sides, named: "add")
        })
    }
    let terms = try states.enumerated().map { state, value in
      try builder.scoped("outputs.\(state)") { try output(state, value, into: &$0) }
    }
    return try builder.scoped("output") { builder in
      let sum = try builder.apply(.add, terms, named: "add")
      return try builder.apply(.batchNorm(affine: true), [sum], named: "norm")
    }
  }

  /// A cell's output at the size and width of this cell's states.
  private func aligned<Builder: NetworkBuilder>(
    _ value: Builder.Value, with last: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    let (shape, target) = (builder.shape(of: value), builder.shape(of: last))
    if shape.height != target.height || shape.width != target.width {
      return try builder.reLUFactorisedReduction(value, width)
    }
    guard shape.channels != width else { return value }
    return try builder.reLUConvNorm(value, width, kernel: 1)
  }

  /// One of all earlier states, and on it one of all operations, whose weights are the state's own.
  private func branch<Builder: NetworkBuilder>(
    _ block: Int, _ side: Int, _ states: [Builder.Value], into builder: inout Builder
  ) throws -> Builder.Value {
    let point = space.start(cell: cell, block: block, side: side)
    let names = space.points
    return try builder.choose(
      ChoiceRule(point: point, key: names[point].name), on: states[0],
      among: states.enumerated().map { state, value in
        { builder, _ in
          try builder.scoped("inputs.\(state)") { builder in
            try builder.choose(
              ChoiceRule(point: point + 1, key: names[point + 1].name), on: value,
              among: ENASMicroSpace.operations.map { operation in
                { builder, source in
                  try builder.scoped(operation.rawValue) {
                    try self.operation(operation, source, into: &$0)
                  }
                }
              })
          }
        }
      })
  }

  private func operation<Builder: NetworkBuilder>(
    _ operation: NASNetCell.Operation, _ source: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    switch operation {
    case .separable3x3: return try builder.twiceSeparable(source, width, kernel: 3, stride: 1)
    case .separable5x5: return try builder.twiceSeparable(source, width, kernel: 5, stride: 1)
    case .average3x3:
      return try builder.apply(
        .averagePool(kernel: 3, stride: 1, padding: 1), [source], named: "pool")
    case .max3x3:
      return try builder.apply(.maxPool(kernel: 3, stride: 1, padding: 1), [source], named: "pool")
    default: return try builder.apply(.identity, [source], named: "identity")
    }
  }

  /// What a state adds to the cell's output: nothing where a block reads it.
  ///
  /// No block reads the last.
  private func output<Builder: NetworkBuilder>(
    _ state: Int, _ value: Builder.Value, into builder: inout Builder
  ) throws -> Builder.Value {
    func slice(_ builder: inout Builder, _ value: Builder.Value) throws -> Builder.Value {
      let relu = try builder.apply(.relu, [value], named: "relu")
      return try builder.apply(.conv(width, kernel: 1), [relu], named: "conv")
    }
    guard state < space.blocks + 1 else { return try slice(&builder, value) }
    let inputs = (max(state - 1, 0)..<space.blocks).flatMap { block in
      (0..<2).map { space.start(cell: cell, block: block, side: $0) }
    }
    let rule = ChoiceRule(key: "\(space.names[cell]).outputs.\(state)") { genotype in
      guard inputs.allSatisfy(genotype.decisions.indices.contains) else { return nil }
      return inputs.contains { genotype.decisions[$0] == state } ? 0 : 1
    }
    return try builder.choose(
      rule, on: value, among: [{ try $0.apply(.zero(stride: 1), [$1], named: "none") }, slice])
  }
}
