import Architectures
import Domain
import Testing

private let v1 = """
  normal sep_conv_3x3(1) sep_conv_3x3(0) | skip_connect(0) sep_conv_3x3(1) \
  | skip_connect(0) sep_conv_3x3(1) | sep_conv_3x3(0) skip_connect(2); \
  reduce max_pool_3x3(0) max_pool_3x3(1) | skip_connect(2) max_pool_3x3(0) \
  | max_pool_3x3(0) skip_connect(2) | skip_connect(2) avg_pool_3x3(0)
  """
private let v2 = """
  normal sep_conv_3x3(0) sep_conv_3x3(1) | sep_conv_3x3(0) sep_conv_3x3(1) \
  | sep_conv_3x3(1) skip_connect(0) | skip_connect(0) dil_conv_3x3(2); \
  reduce max_pool_3x3(0) max_pool_3x3(1) | skip_connect(2) max_pool_3x3(1) \
  | max_pool_3x3(0) skip_connect(2) | skip_connect(2) max_pool_3x3(1)
  """

@Suite struct DARTSCellSpaceTests {
  private let published: [String: JSONValue] = [
    "cells": 20, "filters": 36, "nodes": 4, "reductions": 2,
  ]

  @Test(arguments: [(v1, 3_169_414), (v2, 3_349_342)])
  func `the published cells have their published parameters`(code: String, count: Int) throws {
    let space = try makeSpace("darts-cell", params: published)
    let architecture = try decode(
      "darts-cell", space.genotype(of: code), params: published,
      input: TensorShape(height: 32, width: 32, channels: 3))
    #expect(architecture.parameters == count)
    #expect(architecture.cells.map(\.repeats.count) == [18, 2])
    #expect(architecture.cells[1].repeats == ["cells.6", "cells.13"])
    let pool = architecture.nodes.first { $0.scope == "head.pool" }
    #expect(pool?.shape == TensorShape(features: 4 * 4 * 36))
  }

  @Test func `there are as many cells as published`() throws {
    #expect(try makeSpace("darts-cell", params: published).cardinality == "(180 · 7^8)^2")
    var count = 1
    for point in DARTSCellSpace(nodes: 4).points { count = count * point.values.count % 1_000_003 }
    var expected = 1
    for factor in [180, 180] + Array(repeating: 7, count: 16) {
      expected = expected * factor % 1_000_003
    }
    #expect(count == expected)
  }

  @Test func `edges that a node does not read carry nothing, in all cells of the kind`() throws {
    let space = DARTSCellSpace(cells: 4, filters: 4, nodes: 3, reductions: 1)
    let supernet = try Supernet(of: space, input: digits, classes: 10)
    let genotype = try space.genotype(
      of: "normal skip_connect(1) sep_conv_5x5(0) | max_pool_3x3(2) dil_conv_5x5(0) "
        + "| avg_pool_3x3(3) avg_pool_3x3(1); reduce skip_connect(0) skip_connect(1) "
        + "| skip_connect(0) skip_connect(1) | skip_connect(0) skip_connect(1)")
    let path = supernet.branches(of: genotype)
    #expect(path.count == 18)
    #expect((0..<9).map { path["normal.edges.\($0)"] } == [5, 3, 7, 0, 1, 0, 2, 0, 2])
    #expect((0..<9).map { path["reduction.edges.\($0)"] } == [3, 3, 3, 3, 0, 3, 3, 0, 0])
    #expect(
      space.code(of: genotype).hasPrefix("normal sep_conv_5x5(0) skip_connect(1) | "),
      "written by state")
  }

  @Test func `two edges of one state are refused`() {
    let space = DARTSCellSpace(nodes: 1, reductions: 0)
    #expect(throws: SpaceError.self) {
      try space.genotype(of: "normal skip_connect(1) sep_conv_3x3(1)")
    }
  }

  @Test func `strengths give the two strongest edges and their operations, never none`() {
    let space = DARTSCellSpace(nodes: 2, operations: DARTSOperation.small, reductions: 0)
    // none, max, average, skip, separable, dilated.
    var strengths: [String: [Double]] = [
      "normal.edges.0": [0.9, 0.02, 0.02, 0.02, 0.02, 0.02],
      "normal.edges.1": [0.1, 0.1, 0.5, 0.1, 0.1, 0.1],
      "normal.edges.2": [0.0, 0.2, 0.2, 0.2, 0.2, 0.2],
      "normal.edges.3": [0.7, 0.0, 0.0, 0.21, 0.05, 0.04],
      "normal.edges.4": [0.0, 0.1, 0.1, 0.1, 0.1, 0.6],
    ]
    let code = "normal max_pool_3x3(0) avg_pool_3x3(1) | skip_connect(1) dil_conv_3x3(2)"
    #expect(space.code(of: space.genotype(deriving: strengths)) == code)
    strengths["normal.nodes.1"] = [0.7, 0.1, 0.2]
    #expect(
      space.code(of: space.genotype(deriving: strengths))
        == "normal max_pool_3x3(0) avg_pool_3x3(1) | max_pool_3x3(0) dil_conv_3x3(2)")
    #expect(
      space.code(of: space.genotype(deriving: [:]))
        == "normal max_pool_3x3(0) max_pool_3x3(1) | max_pool_3x3(0) max_pool_3x3(1)",
      "ties go to the first")
  }

  @Test func `a genotype's own path, read as strengths, derives it`() throws {
    let space = DARTSCellSpace(nodes: 4, reductions: 2)
    let supernet = try Supernet(of: space, input: digits, classes: 10)
    for number in 0..<100 {
      var generator = SeededGenerator(jobSeed: 2, trial: number, purpose: .sample)
      let genotype = Genotype.random(in: space.points, using: &generator)
      let path = supernet.branches(of: genotype)
      let strengths = path.mapValues { branch in (0..<8).map { $0 == branch ? 1.0 : 0 } }
      #expect(space.genotype(deriving: strengths) == genotype)
    }
  }
}
