package import Domain

/// The search space of NASNet: a normal and a reduction cell of pairwise blocks, stacked to a network.
///
/// Each block chooses two earlier states, an operation for each, and whether their results are added or
/// concatenated; states that no block reads are the cell's output. How often cells are stacked and how
/// wide they are is no part of a genotype: a cell found on small images is rebuilt deeper and wider on
/// larger ones.
///
/// - Source: Zoph et al. 2017, arXiv:1707.07012, §3.
/// - Departs: three blocks and six operations by default, for small images and two cores.
package struct NASNetCellSpace: SearchSpace {
  package let blocks: Int
  package let operations: [NASNetCell.Operation]
  /// Whether blocks may also concatenate; else all add.
  package let searchesCombination: Bool
  private let cells: Int
  private let filters: Int
  private let reductions: Int
  private let stem: Int
  private let keep: Double

  package init(
    blocks: Int = 3, operations: [NASNetCell.Operation] = NASNetCellSpace.sets[0].operations,
    searchesCombination: Bool = true, cells: Int = 1, filters: Int = 8, reductions: Int = 1,
    stem: Int = 3, keep: Double = 1
  ) {
    self.blocks = blocks
    self.operations = operations
    self.searchesCombination = searchesCombination
    self.cells = cells
    self.filters = filters
    self.reductions = reductions
    self.stem = stem
    self.keep = keep
  }

  /// The sets of operations one may search in; each holds the one before.
  package static let sets: [(name: String, operations: [NASNetCell.Operation])] = {
    let small: [NASNetCell.Operation] = [
      .identity, .conv1x1, .conv3x3, .separable3x3, .average3x3, .max3x3,
    ]
    let medium = small + [.separable5x5, .dilated3x3]
    return [
      ("small", small), ("medium", medium),
      ("all", medium + [.separable7x7, .conv1x3, .conv1x7, .max5x5, .max7x7]),
    ]
  }()

  package static let entry = SpaceEntry(
    id: "nasnet-cell", version: 1,
    summary: "A normal and a reduction cell of pairwise blocks, stacked by N and F.",
    paper: "Zoph et al. 2017, arXiv:1707.07012", inputs: [.image],
    parameters: [
      Parameter(
        "blocks", .integer(min: 1, max: 7), default: 3, "Blocks of a cell (published: 5)."),
      Parameter(
        "operations", .choice(sets.map(\.name)), default: "small",
        "Operations to choose from: small (identity, 1×1, 3×3, separable 3×3, average and max pool "
          + "3×3), medium (also separable 5×5 and dilated 3×3), all (the published 13)."),
      Parameter(
        "combine", .choice(["searched", "add"]), default: "searched",
        "Whether a block may concatenate its two results, or always adds them."),
      Parameter(
        "cells", .integer(min: 1, max: 20), default: 1,
        "N, normal cells in each stage (published: 2 while searching, 6 at the end)."),
      Parameter(
        "filters", .integer(min: 1, max: 512), default: 8,
        "F, filters of the first stage; each later stage has twice as many (published: 32)."),
      Parameter(
        "reductions", .integer(min: 0, max: 5), default: 1,
        "Reduction cells between stages; each halves height and width (published: 2)."),
      Parameter(
        "stem", .integer(min: 1, max: 4), default: 3,
        "Filters of the first convolution, as a multiple of F (published: 3)."),
      Parameter(
        "keep", .number(min: 0.1, max: 1), default: 0.9,
        "Share of samples that the last cell's branches keep at the end of a final training "
          + "(published: 0.6); 1 drops none. Trials never drop."),
    ],
    make: { parameters in
      let word = parameters.word("operations")
      return NASNetCellSpace(
        blocks: parameters.integer("blocks"),
        operations: sets.first { $0.name == word }?.operations ?? [],
        searchesCombination: parameters.word("combine") == "searched",
        cells: parameters.integer("cells"), filters: parameters.integer("filters"),
        reductions: parameters.integer("reductions"), stem: parameters.integer("stem"),
        keep: parameters.number("keep"))
    })

  /// The searched cells: the reduction cell is none where nothing is reduced.
  var names: [String] { reductions > 0 ? ["normal", "reduction"] : ["normal"] }

  package var points: [DecisionPoint] {
    names.flatMap { name in
      (0..<blocks).flatMap { block in
        let stem = "\(name).\(block)"
        let states = ["previous", "before"] + (0..<block).map { "block \($0 + 1)" }
        let words = operations.map(\.rawValue)
        return [
          DecisionPoint("\(stem).first_input", values: states, kind: "input"),
          DecisionPoint("\(stem).second_input", values: states, kind: "input"),
          DecisionPoint("\(stem).first_operation", values: words, kind: "operation"),
          DecisionPoint("\(stem).second_operation", values: words, kind: "operation"),
        ]
          + (searchesCombination
            ? [DecisionPoint("\(stem).combine", values: ["add", "concat"], kind: "combine")] : [])
      }
    }
  }

  package var cardinality: String {
    let inputs = (0..<blocks).reduce(1) { $0 * ($1 + 2) }
    let choices = operations.count * operations.count * (searchesCombination ? 2 : 1)
    return names.count == 2
      ? "(\(inputs)^2 · \(choices)^\(blocks))^2" : "\(inputs)^2 · \(choices)^\(blocks)"
  }

  /// Decisions of one block.
  private var width: Int { searchesCombination ? 5 : 4 }

  package func describe<Builder: NetworkBuilder>(
    into builder: inout Builder
  ) throws -> Builder.Value {
    var decisions: [Int?] = []
    for point in 0..<names.count * blocks * width { decisions.append(try builder.pick(point)) }
    let cells = try cells(of: decisions)
    let stack = NASNetStack(
      normal: cells[0], reduction: cells[cells.count - 1], cells: self.cells, filters: filters,
      reductions: reductions, stem: stem, keep: keep)
    for note in stack.notes() { builder.note(note) }
    return try stack.describe(into: &builder)
  }

  /// The cells that decisions stand for, normal first.
  package func cells(of decisions: [Int?]) throws -> [NASNetCell] {
    try names.indices.map { cell in
      NASNetCell(
        try (0..<blocks).map { block in
          let start = (cell * blocks + block) * width
          func value(_ offset: Int, below bound: Int) throws -> Int {
            guard decisions.indices.contains(start + offset),
              let value = decisions[start + offset], (0..<bound).contains(value)
            else {
              throw SpaceError(
                "\(names[cell]) block \(block + 1): decision \(offset) must be below \(bound)")
            }
            return value
          }
          return NASNetCell.Block(
            NASNetCell.Branch(
              operations[try value(2, below: operations.count)], try value(0, below: block + 2)),
            NASNetCell.Branch(
              operations[try value(3, below: operations.count)], try value(1, below: block + 2)),
            concatenates: searchesCombination ? try value(4, below: 2) == 1 : false)
        })
    }
  }
}
