package import Domain

/// The micro search space of ENAS: a normal and a reduction cell whose blocks add two operations, each
/// on an earlier state.
///
/// State 0 is the output of the cell before the previous one, state 1 that of the previous cell. A weight
/// belongs to a cell's position, block, side, operation and the state that is read: the same convolution
/// on another state is another one. States that no block reads go through a 1×1 convolution each, and
/// the sum of these is batch-normalised.
///
/// - Source: Pham et al. 2018, arXiv:1802.03268, §2.4, and the released code (`micro_child.py`).
/// - Departs: the cell's output is that sum in the final network too, which in the paper concatenates the
///   states, so that searched and final network are one. Three blocks, two normal cells and one
///   reduction by default, for small images and two cores; no auxiliary head.
package struct ENASMicroSpace: SearchSpace {
  /// The five operations, in the order of the released code.
  package static let operations: [NASNetCell.Operation] = [
    .separable3x3, .separable5x5, .average3x3, .max3x3, .identity,
  ]

  package let blocks: Int
  let cells: Int
  let filters: Int
  let reductions: Int

  package init(blocks: Int = 3, cells: Int = 2, filters: Int = 8, reductions: Int = 1) {
    self.blocks = blocks
    self.cells = cells
    self.filters = filters
    self.reductions = reductions
  }

  package static let entry = SpaceEntry(
    id: "enas-micro", version: 1,
    summary: "A normal and a reduction cell of blocks that add two of five operations.",
    paper: "Pham et al. 2018, arXiv:1802.03268", inputs: [.image],
    parameters: [
      Parameter(
        "blocks", .integer(min: 1, max: 7), default: 3, "Blocks of a cell (published: 5)."),
      Parameter(
        "cells", .integer(min: 1, max: 20), default: 2,
        "Normal cells of the network (published: 6 while searching, 15 at the end)."),
      Parameter(
        "filters", .integer(min: 1, max: 512), default: 8,
        "Filters of the first cells; each reduction doubles them (published: 20 while searching, 36 "
          + "at the end)."),
      Parameter(
        "reductions", .integer(min: 0, max: 2), default: 1,
        "Reduction cells, besides the normal ones; each halves height and width (published: 2)."),
    ],
    make: {
      ENASMicroSpace(
        blocks: $0.integer("blocks"), cells: $0.integer("cells"), filters: $0.integer("filters"),
        reductions: $0.integer("reductions"))
    })

  /// The searched cells: the reduction cell is none where nothing is reduced.
  var names: [String] { reductions > 0 ? ["normal", "reduction"] : ["normal"] }

  package var points: [DecisionPoint] {
    let words = ENASMicroSpace.operations.map(\.rawValue)
    return names.flatMap { name in
      (0..<blocks).flatMap { block in
        let states = ["before", "previous"] + (0..<block).map { "block \($0 + 1)" }
        return ["first", "second"].flatMap { side in
          [
            DecisionPoint("\(name).\(block).\(side)_input", values: states, kind: "input"),
            DecisionPoint("\(name).\(block).\(side)_operation", values: words, kind: "operation"),
          ]
        }
      }
    }
  }

  package var cardinality: String {
    let inputs = (0..<blocks).reduce(1) { $0 * ($1 + 2) }
    let one = "\(inputs)^2 · 25^\(blocks)"
    return names.count == 2 ? "(\(one))^2" : one
  }

  /// Numbers of the cells that reduce, all cells counted.
  package var reducing: [Int] {
    switch reductions {
    case 0: []
    case 1: [cells / 2]
    default: [cells / 3, 2 * (cells / 3) + 1]
    }
  }

  /// The index of the input that a side (0 first, 1 second) of a block reads; its operation follows.
  func start(cell: Int, block: Int, side: Int) -> Int { ((cell * blocks + block) * 2 + side) * 2 }

  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    try refuseSmall(builder.shape(of: builder.input), halvings: reductions)
    let stem = try builder.scoped("stem") { builder in
      let conv = try builder.apply(.conv(3 * filters, kernel: 3), [builder.input], named: "conv")
      return try builder.apply(.batchNorm(affine: true), [conv], named: "norm")
    }
    var (before, last) = (stem, stem)
    var width = filters
    for cell in 0..<cells + reductions {
      let reduces = reducing.contains(cell)
      if reduces { width *= 2 }
      let output = try builder.scoped("cells.\(cell)") { builder in
        if reduces {
          let halved = try builder.scoped("halving") { try $0.factorisedReduction(last, width) }
          (before, last) = (last, halved)
        }
        return try ENASMicroCellWriter(space: self, cell: reduces ? 1 : 0, width: width)
          .write(before, last, into: &builder)
      }
      (before, last) = (last, output)
    }
    note(into: &builder)
    return try builder.scoped("head") { builder in
      let relu = try builder.apply(.relu, [last], named: "relu")
      let pool = try builder.apply(.globalAveragePool, [relu], named: "pool")
      return try builder.apply(
        .linear(units: builder.classes, bias: true), [pool], named: "linear")
    }
  }

  /// The cells that decisions stand for, normal first.
  ///
  /// - Throws: `SpaceError` when a decision is missing or out of range.
  package func cells(of decisions: [Int?]) throws(SpaceError) -> [NASNetCell] {
    guard Genotype(decisions).lies(in: points) else {
      throw SpaceError("\(decisions.count) decisions are no cells of \(blocks) blocks")
    }
    let values = decisions.compactMap { $0 }
    func branch(_ start: Int) -> NASNetCell.Branch {
      NASNetCell.Branch(ENASMicroSpace.operations[values[start + 1]], values[start])
    }
    return names.indices.map { cell in
      NASNetCell(
        (0..<blocks).map { block in
          NASNetCell.Block(
            branch(start(cell: cell, block: block, side: 0)),
            branch(start(cell: cell, block: block, side: 1)))
        })
    }
  }

  /// Tells the figures of both cells; a supernet has none.
  private func note(into builder: inout some NetworkBuilder) {
    let picks = points.indices.map { (try? builder.pick($0)) ?? nil }
    guard let found = try? cells(of: picks) else { return }
    for (cell, name) in names.enumerated() {
      let places = (0..<cells + reductions).filter { reducing.contains($0) == (cell == 1) }
      builder.note(figure(name, found[cell], places.map { "cells.\($0)" }))
    }
  }

  private func figure(_ name: String, _ cell: NASNetCell, _ scopes: [String]) -> Architecture.Cell {
    let branches = cell.blocks.enumerated().flatMap { index, block in
      [block.first, block.second].map {
        Architecture.Cell.Edge(
          from: $0.input, to: index + 2, operation: $0.operation.rawValue, isLive: true)
      }
    }
    let outputs = cell.outputs.map {
      Architecture.Cell.Edge(
        from: $0, to: cell.states.upperBound, operation: NASNetCell.Operation.conv1x1.rawValue,
        isLive: true)
    }
    return Architecture.Cell(
      name: name,
      states: ["before", "previous"] + cell.blocks.indices.map { "block \($0 + 1)" } + ["output"],
      edges: branches + outputs, repeats: scopes)
  }
}

extension ENASMicroSpace {
  /// Cells apart by a bar: `sep_3x3(0)+identity(1) max_3x3(2)+avg_3x3(0) | …`.
  package func code(of genotype: Genotype) -> String {
    guard let cells = try? cells(of: genotype.decisions) else { return "?" }
    return cells.map(\.code).joined(separator: " | ")
  }

  package func genotype(of code: String) throws -> Genotype {
    let cells = try NASNetCell.cells(
      of: code, count: names.count, blocks: blocks, operations: ENASMicroSpace.operations,
      concatenates: false)
    return Genotype(
      cells.flatMap(\.blocks).flatMap { [$0.first, $0.second] }.flatMap {
        [$0.input, ENASMicroSpace.operations.firstIndex(of: $0.operation)]
      })
  }
}
