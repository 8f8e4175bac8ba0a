import Architectures
import Domain
import Testing

@Suite struct TransferTests {
  private let code =
    "sep_3x3(0)+identity(1) conv_3x3(2)&max_3x3(0) | conv_1x1(0)+max_3x3(1) avg_3x3(2)+conv_3x3(0)"
  private let origin = ComponentChoice("nasnet-cell", params: ["blocks": 2, "filters": 4])

  @Test func `a cell is restacked deeper and wider, on images of another size`() throws {
    let transfer = try Transfer(
      code, from: origin, changing: ["cells": 3, "filters": 12, "reductions": 2])
    #expect(
      transfer.space.params == ["blocks": 2, "filters": 12, "cells": 3, "reductions": 2])
    let small = try SpaceRegistry.decode(
      origin, transfer.genotype, input: digits, classes: 10)
    let large = try SpaceRegistry.decode(
      transfer.space, transfer.genotype, input: TensorShape(height: 28, width: 28, channels: 1),
      classes: 10)
    #expect(small.code == code && large.code == code)
    #expect(large.parameters > 10 * small.parameters)
    #expect(large.cells.map(\.edges) == small.cells.map(\.edges), "the same cells")
    #expect(large.cells.map(\.repeats.count) == [9, 2])
    // Another cell of the same space stands beside it.
    var generator = SeededGenerator(seed: 1)
    let random = Genotype.random(in: transfer.points, using: &generator)
    #expect(random.lies(in: try SpaceRegistry.space(origin).points))
  }

  @Test func `what changes the decisions is refused in words`() {
    for params: [String: JSONValue] in [
      ["blocks": 3], ["operations": "all"], ["combine": "add"], ["reductions": 0],
    ] {
      #expect(throws: SpaceError.self) { try Transfer(code, from: origin, changing: params) }
    }
    #expect(throws: SpaceError.self) { try Transfer("conv_9x9(0)", from: origin, changing: [:]) }
    #expect(throws: SpaceError.self) {
      try Transfer(code, from: origin, changing: ["filters": 100_000])
    }
  }
}
