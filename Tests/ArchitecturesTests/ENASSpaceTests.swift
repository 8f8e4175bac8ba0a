import Architectures
import Domain
import Engine
import Testing

@Suite struct ENASMacroSpaceTests {
  @Test func `there are as many networks as published`() throws {
    #expect(try makeSpace("enas-macro", params: ["layers": 12]).cardinality == "6^12 · 2^66")
    let space = ENASMacroSpace(layers: 4)
    #expect(space.points.reduce(1) { $0 * $1.values.count } == 1296 * 64)
    #expect(space.cardinality == "6^4 · 2^6")
  }

  @Test func `maps are halved after a third and two thirds of the layers`() throws {
    #expect(ENASMacroSpace(layers: 12).halvings == [3, 7])
    #expect(ENASMacroSpace(layers: 4).halvings == [0, 1])
    #expect(ENASMacroSpace(layers: 2).halvings.isEmpty)
    let architecture = try decode(
      "enas-macro",
      ENASMacroSpace(layers: 6).genotype(
        of: "conv_3x3 max_3x3<0 sep_5x5 avg_3x3<1 conv_5x5<0,3 sep_3x3"),
      params: ["layers": 6], input: TensorShape(height: 32, width: 32, channels: 3))
    func height(_ scope: String) -> Int? {
      architecture.nodes.first { $0.scope == scope }?.shape.height
    }
    #expect(
      (1..<6).map { height("layers.\($0).norm") } == [32, 16, 16, 8, 8],
      "after layers 1 and 3")
  }

  @Test func `a layer's weights are its own for each operation, whatever it skips to`() throws {
    let space = ENASMacroSpace()
    func scopes(_ code: String) throws -> Set<String> {
      Set(try decode("enas-macro", space.genotype(of: code)).tensorShapes.keys)
    }
    let one = try scopes("conv_3x3 sep_3x3 max_3x3<0 conv_5x5<0,1")
    let other = try scopes("conv_3x3 sep_3x3<0 avg_3x3 conv_5x5<2")
    for layer in [0, 1, 3] {
      let mine = one.filter { $0.hasPrefix("layers.\(layer).") }
      #expect(!mine.isEmpty && mine == other.filter { $0.hasPrefix("layers.\(layer).") })
    }
    #expect(one.contains("layers.2.max_3x3.in.conv.weight"))
    #expect(other.contains("layers.2.avg_3x3.in.conv.weight"))
  }

  @Test func `a controller sees skips as links between layers`() {
    let points = ENASMacroSpace(layers: 3).points
    #expect(points.map(\.kind) == ["operation", "operation", "skip", "operation", "skip", "skip"])
    #expect(
      points.compactMap(\.link)
        == [(0, 1), (0, 3), (1, 3)].map { DecisionPoint.Link(from: $0.0, to: $0.1) })
  }
}

@Suite struct ENASMicroSpaceTests {
  @Test func `there are as many cells as strings of tokens`() throws {
    let space = try makeSpace("enas-micro", params: ["blocks": 5])
    #expect(space.cardinality == "(720^2 · 25^5)^2")
    #expect(ENASMicroSpace(blocks: 2).points.reduce(1) { $0 * $1.values.count } == 22_500 * 22_500)
  }

  @Test func `reductions stand where the released code has them`() {
    #expect(ENASMicroSpace(cells: 6, reductions: 2).reducing == [2, 5])
    #expect(ENASMicroSpace(cells: 15, reductions: 2).reducing == [5, 11])
    #expect(ENASMicroSpace().reducing == [1])
  }

  @Test func `a weight belongs to position, block, side, state and operation`() throws {
    let space = ENASMicroSpace(blocks: 2, reductions: 0)
    func weights(_ code: String, _ cell: Int) throws -> Set<String> {
      let architecture = try decode(
        "enas-micro", space.genotype(of: code), params: ["blocks": 2, "reductions": 0])
      return Set(
        architecture.tensorShapes.keys.filter { $0.hasPrefix("cells.\(cell).blocks.1.first") })
    }
    let one = try weights("sep_3x3(0)+identity(1) sep_5x5(1)+max_3x3(2)", 0)
    #expect(one.contains("cells.0.blocks.1.first.inputs.1.sep_5x5.a.depthwise.weight"))
    #expect(try one == weights("avg_3x3(0)+sep_5x5(0) sep_5x5(1)+identity(0)", 0), "the same")
    let others = [
      try weights("sep_3x3(0)+identity(1) sep_5x5(2)+max_3x3(2)", 0),
      try weights("sep_3x3(0)+identity(1) sep_3x3(1)+max_3x3(2)", 0),
      try weights("sep_3x3(0)+identity(1) sep_5x5(1)+max_3x3(2)", 1),
    ]
    for other in others { #expect(!other.isEmpty && other.isDisjoint(with: one)) }
  }

  @Test func `states that no block reads make the output, each through its own convolution`()
    throws
  {
    let space = ENASMicroSpace(blocks: 3, reductions: 0)
    let genotype = try space.genotype(
      of: "sep_3x3(0)+identity(0) max_3x3(2)+max_3x3(0) identity(0)+avg_3x3(2)")
    let path = try Supernet(of: space, input: digits, classes: 10).branches(of: genotype)
    #expect((0..<5).map { path["normal.outputs.\($0)"] } == [0, 1, 0, 1, nil])
    let architecture = try decode(
      "enas-micro", genotype, params: ["blocks": 3, "reductions": 0])
    let convolutions = architecture.live.map(\.scope).filter {
      $0.hasPrefix("cells.1.outputs") && $0.hasSuffix("conv")
    }
    #expect(convolutions == [1, 3, 4].map { "cells.1.outputs.\($0).conv" })
    #expect(
      architecture.cells[0].edges.filter { $0.to == 5 }.map(\.from) == [1, 3, 4], "in the figure")
  }

  @Test func `training one child leaves what it does not hold as it was`() throws {
    let check = CheckSupernet(id: "enas-micro", params: ["filters": 4])
    let supernet = try check.supernet()
    let whole = try check.execution(supernet.graph(), seed: 3)
    let genotype = try check.genotype(5)
    let mine = Set(try check.child(genotype).tensorShapes.keys)
    let before = whole.weights()
    try whole.follow(genotype, of: supernet)
    _ = whole.train(learningRate: 0.05, step: 0, seed: 1)
    let after = whole.weights()
    let choices = Set(supernet.choices.map(\.key))
    var changed = 0
    for key in before.keys where !choices.contains(key) {
      if before[key] != after[key] { changed += 1 }
      #expect(mine.contains(key) || before[key] == after[key], "\(key)")
    }
    #expect(changed > mine.count / 2)
  }
}
