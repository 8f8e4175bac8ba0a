package import Domain

/// The search space of DARTS: a normal and a reduction cell whose nodes add two operations each.
///
/// A genotype says for each node which two earlier states it reads and what is done with each. The
/// choices of the network are its edges, one from every earlier state to every node: an edge whose state
/// is not read carries nothing. Cells of a kind choose together.
///
/// - Source: Liu et al. 2019, arXiv:1806.09055, §3.1 and appendix A, and the released code.
/// - Departs: pools are followed by a batch norm without scale and shift in the final network too, as in
///   the search, so that both are one description; it has no parameters. Two nodes, three cells and
///   one reduction by default, for small images and two cores; no auxiliary head.
package struct DARTSCellSpace: SearchSpace {
  package let nodes: Int
  /// What an edge may do, `none` first.
  package let operations: [DARTSOperation]
  let cells: Int
  let filters: Int
  let reductions: Int
  let stem: Int
  let keep: Double

  package init(
    cells: Int = 3, filters: Int = 8, nodes: Int = 2,
    operations: [DARTSOperation] = DARTSOperation.allCases, reductions: Int = 1, stem: Int = 3,
    keep: Double = 1
  ) {
    self.cells = cells
    self.filters = filters
    self.nodes = nodes
    self.operations = operations
    self.reductions = reductions
    self.stem = stem
    self.keep = keep
  }

  package static let entry = SpaceEntry(
    id: "darts-cell", version: 1,
    summary: "A normal and a reduction cell whose nodes add two operations on earlier states.",
    paper: "Liu et al. 2019, arXiv:1806.09055", inputs: [.image],
    parameters: [
      Parameter(
        "cells", .integer(min: 3, max: 40), default: 3,
        "Cells of the network, reductions among them (published: 8 while searching, 20 at the end)."
      ),
      Parameter(
        "filters", .integer(min: 1, max: 512), default: 8,
        "Filters of a node in the first cells; each reduction doubles them (published: 16 while "
          + "searching, 36 at the end)."),
      Parameter("nodes", .integer(min: 1, max: 4), default: 2, "Nodes of a cell (published: 4)."),
      Parameter(
        "operations", .choice(["small", "all"]), default: "all",
        "Operations of an edge: all, the published eight, none among them; or small, without the "
          + "two 5×5."),
      Parameter(
        "reductions", .integer(min: 0, max: 2), default: 1,
        "Reduction cells; each halves height and width (published: 2, at a third and two thirds)."),
      Parameter(
        "stem", .integer(min: 1, max: 4), default: 3,
        "Filters of the first convolution, as a multiple of those of a node (published: 3)."),
      Parameter(
        "keep", .number(min: 0.1, max: 1), default: 0.9,
        "Share of samples that an operation keeps at the end of a final training (published: 0.8); 1 "
          + "drops none. Trials never drop."),
    ],
    make: {
      DARTSCellSpace(
        cells: $0.integer("cells"), filters: $0.integer("filters"), nodes: $0.integer("nodes"),
        operations: $0.word("operations") == "small"
          ? DARTSOperation.small : DARTSOperation.allCases,
        reductions: $0.integer("reductions"), stem: $0.integer("stem"),
        keep: $0.number("keep"))
    })

  /// The searched cells: the reduction cell is none where nothing is reduced.
  var names: [String] { reductions > 0 ? ["normal", "reduction"] : ["normal"] }

  /// What may be done with a state that is read.
  var choices: [DARTSOperation] { Array(operations.dropFirst()) }

  package var points: [DecisionPoint] {
    let words = choices.map(\.rawValue)
    return names.flatMap { name in
      (0..<nodes).flatMap { node in
        [
          DecisionPoint(
            "\(name).\(node).inputs",
            values: DARTSCell.pairs(ofNode: node).map { "\($0.0),\($0.1)" }, kind: "inputs"),
          DecisionPoint("\(name).\(node).first_operation", values: words, kind: "operation"),
          DecisionPoint("\(name).\(node).second_operation", values: words, kind: "operation"),
        ]
      }
    }
  }

  package var cardinality: String {
    let pairs = (0..<nodes).reduce(1) { $0 * DARTSCell.pairs(ofNode: $1).count }
    let one = "\(pairs) · \(choices.count)^\(2 * nodes)"
    return names.count == 2 ? "(\(one))^2" : one
  }

  /// Numbers of the cells that reduce.
  var reducing: [Int] {
    switch reductions {
    case 0: []
    case 1: [cells / 2]
    default: [cells / 3, 2 * cells / 3]
    }
  }

  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    try refuseSmall(builder.shape(of: builder.input), halvings: reductions)
    let stem = try builder.scoped("stem") { builder in
      let conv = try builder.apply(
        .conv(self.stem * filters, kernel: 3), [builder.input], named: "conv")
      return try builder.apply(.batchNorm(affine: true), [conv], named: "norm")
    }
    var (before, last) = (stem, stem)
    var width = filters
    for cell in 0..<cells {
      let reduces = reducing.contains(cell)
      if reduces { width *= 2 }
      let output = try builder.scoped("cells.\(cell)") { builder in
        try DARTSCellWriter(space: self, cell: reduces ? 1 : 0, width: width)
          .write(before, last, into: &builder)
      }
      (before, last) = (last, output)
    }
    note(into: &builder)
    return try builder.scoped("head") { builder in
      let pool = try builder.apply(.globalAveragePool, [last], named: "pool")
      return try builder.apply(
        .linear(units: builder.classes, bias: true), [pool], named: "linear")
    }
  }

  /// The choice of an edge, equal in all cells of a kind (0 normal, 1 reduction).
  func rule(cell: Int, from state: Int, to node: Int) -> ChoiceRule {
    let start = (cell * nodes + node) * 3
    let key = key(ofEdge: DARTSCell.edge(from: state, to: node), cell: cell)
    return ChoiceRule(key: key, isEdge: true) { genotype in
      let decisions = genotype.decisions
      let pairs = DARTSCell.pairs(ofNode: node)
      guard decisions.indices.contains(start + 2), let pair = decisions[start],
        pairs.indices.contains(pair)
      else { return nil }
      switch state {
      case pairs[pair].0: return decisions[start + 1].map { $0 + 1 }
      case pairs[pair].1: return decisions[start + 2].map { $0 + 1 }
      default: return 0
      }
    }
  }

  func key(ofEdge edge: Int, cell: Int) -> String { "\(names[cell]).edges.\(edge)" }

  /// The cells that decisions stand for, normal first.
  ///
  /// - Throws: `SpaceError` when a decision is missing or out of range.
  package func cells(of decisions: [Int?]) throws(SpaceError) -> [DARTSCell] {
    guard Genotype(decisions).lies(in: points) else {
      throw SpaceError("\(decisions.count) decisions are no cells of \(nodes) nodes")
    }
    let values = decisions.compactMap { $0 }
    return names.indices.map { cell in
      DARTSCell(
        (0..<nodes).map { node in
          let start = (cell * nodes + node) * 3
          let pair = DARTSCell.pairs(ofNode: node)[values[start]]
          return [
            DARTSCell.Branch(choices[values[start + 1]], pair.0),
            DARTSCell.Branch(choices[values[start + 2]], pair.1),
          ]
        })
    }
  }

  /// Tells the figures of both cells; a supernet has none.
  private func note(into builder: inout some NetworkBuilder) {
    let picks = points.indices.map { (try? builder.pick($0)) ?? nil }
    guard let found = try? cells(of: picks) else { return }
    for (cell, name) in names.enumerated() {
      let places = (0..<cells).filter { reducing.contains($0) == (cell == 1) }
      builder.note(found[cell].figure(name, repeats: places.map { "cells.\($0)" }))
    }
  }
}
