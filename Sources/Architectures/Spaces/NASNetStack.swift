package import Domain

/// The network that two cells are stacked to: a stem, then stages of N normal cells with a reduction
/// cell between them, each of which halves the map and doubles the filters.
///
/// - Source: Zoph et al. 2017, arXiv:1707.07012, §3, and the released code (slim/nets/nasnet): what each
///   operation is made of, how inputs are brought to a cell's width, and drop path's schedule.
/// - Departs: a block that concatenates is brought back to the cell's width by a 1×1 convolution, so that
///   every state has that width; the code knows additions only.
package struct NASNetStack: Sendable {
  package let normal: NASNetCell
  /// Unused without reductions.
  package let reduction: NASNetCell
  /// N: normal cells in each stage.
  package let cells: Int
  /// F: filters of the first stage.
  package let filters: Int
  package let reductions: Int
  /// The stem has as many times F filters.
  package let stem: Int
  /// Share of samples that the last cell's branches keep at the end of training; 1: no drop path.
  package let keep: Double

  package init(
    normal: NASNetCell, reduction: NASNetCell, cells: Int, filters: Int, reductions: Int,
    stem: Int = 3, keep: Double = 1
  ) {
    self.normal = normal
    self.reduction = reduction
    self.cells = cells
    self.filters = filters
    self.reductions = reductions
    self.stem = stem
    self.keep = keep
  }

  /// All cells, reductions among them.
  package var totalCells: Int { cells * (reductions + 1) + reductions }

  /// How likely a branch of a cell is dropped at the end of training: 1 − keep_cell with
  /// keep_cell = 1 − (cell + 1) / total · (1 − keep).
  package func dropRate(ofCell cell: Int) -> Double {
    Double(cell + 1) / Double(totalCells) * (1 - keep)
  }

  /// Writes the network from the input to the class scores.
  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    try refuseSmall(builder.shape(of: builder.input), halvings: reductions)
    var last = try builder.scoped("stem") { builder in
      let conv = try builder.apply(
        .conv(stem * filters, kernel: 3), [builder.input], named: "conv")
      return try builder.apply(.batchNorm(affine: true), [conv], named: "norm")
    }
    var beforeLast: Builder.Value?
    var number = 0
    for stage in 0...reductions {
      let width = filters << stage
      if stage > 0 {
        let output = try builder.scoped("reductions.\(stage - 1)") { builder in
          try NASNetCellWriter(
            cell: reduction, width: width, stride: 2, dropRate: dropRate(ofCell: number)
          )
          .write(last, beforeLast, into: &builder)
        }
        (beforeLast, last) = (last, output)
        number += 1
      }
      for cell in 0..<cells {
        let output = try builder.scoped("stages.\(stage).cells.\(cell)") { builder in
          try NASNetCellWriter(
            cell: normal, width: width, stride: 1, dropRate: dropRate(ofCell: number)
          )
          .write(last, beforeLast, into: &builder)
        }
        (beforeLast, last) = (last, output)
        number += 1
      }
    }
    return try builder.scoped("head") { builder in
      let relu = try builder.apply(.relu, [last], named: "relu")
      let pool = try builder.apply(.globalAveragePool, [relu], named: "pool")
      return try builder.apply(
        .linear(units: builder.classes, bias: true), [pool], named: "linear")
    }
  }

  /// The figures of both cells.
  package func notes() -> [Architecture.Cell] {
    let stages = (0...reductions).flatMap { stage in
      (0..<cells).map { "stages.\(stage).cells.\($0)" }
    }
    let halvings = (0..<reductions).map { "reductions.\($0)" }
    return [figure("normal", normal, stages)]
      + (reductions > 0 ? [figure("reduction", reduction, halvings)] : [])
  }

  private func figure(_ name: String, _ cell: NASNetCell, _ scopes: [String]) -> Architecture.Cell {
    let output = cell.states.upperBound
    let branches = cell.blocks.enumerated().flatMap { index, block in
      [block.first, block.second].map {
        Architecture.Cell.Edge(
          from: $0.input, to: index + 2, operation: $0.operation.rawValue, isLive: true)
      }
    }
    return Architecture.Cell(
      name: name,
      states: ["previous", "before"]
        + cell.blocks.enumerated().map { index, block in
          "block \(index + 1) (\(block.concatenates ? "concat" : "add"))"
        } + ["output"],
      edges: branches
        + cell.outputs.map {
          Architecture.Cell.Edge(from: $0, to: output, operation: "concat", isLive: true)
        },
      repeats: scopes)
  }
}
