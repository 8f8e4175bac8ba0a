import Architectures
import Domain
import Engine
import Foundation
import Testing

/// A stack of given cells, as a space of one network.
private struct StackSpace: SearchSpace {
  let stack: NASNetStack
  let points: [DecisionPoint] = []
  let cardinality = "1"

  func describe<Builder: NetworkBuilder>(into builder: inout Builder) throws -> Builder.Value {
    try stack.describe(into: &builder)
  }

  func code(of genotype: Genotype) -> String { "" }
  func genotype(of code: String) throws -> Genotype { Genotype([]) }
}

private func build(
  _ stack: NASNetStack, input: TensorShape = digits, classes: Int = 10
) throws -> Architecture {
  try Architecture(
    of: StackSpace(stack: stack), named: ComponentChoice("stack"), version: 1,
    genotype: Genotype([]), input: input, classes: classes)
}

private func nasNetA(
  cells: Int, filters: Int, reductions: Int = 2, keep: Double = 1
) -> NASNetStack {
  NASNetStack(
    normal: .nasNetANormal, reduction: .nasNetAReduction, cells: cells, filters: filters,
    reductions: reductions, keep: keep)
}

@Suite struct NASNetCellSpaceTests {
  @Test func `NASNet-A (6 @ 768) has its published width and 3,346,538 parameters`() throws {
    let architecture = try build(
      nasNetA(cells: 6, filters: 32), input: TensorShape(height: 32, width: 32, channels: 3))
    #expect(architecture.parameters == 3_346_538)
    let pool = try #require(architecture.nodes.first { $0.scope == "head.pool" })
    #expect(pool.shape == TensorShape(features: 768))
    #expect(architecture.dead.isEmpty)
  }

  @Test func `500 genotypes keep a map's size, halve it, and are as wide as what nobody reads`()
    throws
  {
    let space = NASNetCellSpace(
      blocks: 4, operations: NASNetCellSpace.sets[2].operations, cells: 2, filters: 6,
      reductions: 2)
    for number in 0..<500 {
      var generator = SeededGenerator(jobSeed: 5, trial: number, purpose: .sample)
      let genotype = Genotype.random(in: space.points, using: &generator)
      let cells = try space.cells(of: genotype.decisions)
      let architecture = try Architecture(
        of: space, named: ComponentChoice("nasnet-cell"), version: 1, genotype: genotype,
        input: TensorShape(height: 11, width: 9, channels: 3), classes: 5)
      let byScope = Dictionary(uniqueKeysWithValues: architecture.nodes.map { ($0.scope, $0) })
      var size = (height: 11, width: 9)
      for stage in 0...2 {
        let filters = 6 << stage
        if stage > 0 {
          size = ((size.height + 1) / 2, (size.width + 1) / 2)
          #expect(
            byScope["reductions.\(stage - 1).output"]?.shape
              == TensorShape(
                height: size.height, width: size.width,
                channels: filters * cells[1].outputs.count))
        }
        for cell in 0..<2 {
          #expect(
            byScope["stages.\(stage).cells.\(cell).output"]?.shape
              == TensorShape(
                height: size.height, width: size.width,
                channels: filters * cells[0].outputs.count))
        }
      }
      // In a reduction cell exactly the operations on states 0 and 1 have stride 2.
      for (index, block) in cells[1].blocks.enumerated() {
        for (branch, name) in [(block.first, "first"), (block.second, "second")] {
          let stem = "reductions.0.blocks.\(index).\(name).\(branch.operation.rawValue)."
          let strides = architecture.nodes.filter { $0.scope.hasPrefix(stem) }.map {
            $0.layer.stride
          }
          #expect(strides.max() == (branch.input < 2 ? 2 : 1), "\(stem)")
        }
      }
      #expect(architecture.dead.isEmpty)
    }
  }

  @Test func `a state that a block reads is no output, and one that none reads is`() {
    let cell = NASNetCell([
      .init(.init(.identity, 0), .init(.conv3x3, 0)), .init(.init(.conv1x1, 2), .init(.max3x3, 2)),
      .init(.init(.conv1x1, 0), .init(.max3x3, 2)),
    ])
    #expect(cell.outputs == [1, 3, 4])
  }

  @Test func `a factorised reduction reads even pixels and odd ones, zeros beyond the border`()
    throws
  {
    // One filter each way with weight 1 on an image of 5 × 4 that counts its pixels from 1.
    let nodes = [0, 1].map { shift in
      Architecture.Node(
        id: 1, layer: .shiftedConv(filters: 1, stride: 2, shift: shift), inputs: [0],
        shape: TensorShape(height: 3, width: 2, channels: 1), parameters: 1, macs: 6, scope: "c")
    }
    for node in nodes {
      #expect(
        try node.layer.outputShape([TensorShape(height: 5, width: 4, channels: 1)]) == node.shape)
      var graph = Graph()
      let input = graph.input(Shape(height: 5, width: 4, channels: 1))
      let conv = try graph.apply(
        Conv2D(
          filters: 1, kernel: (1, 1), stride: (2, 2), offset: (node.layer.shift, node.layer.shift),
          key: "c"), [input])
      let scores = try graph.apply(Linear(units: 6, bias: false, key: "same"), [conv])
      let plan = try Plan(
        graph, logits: scores, batch: 1,
        optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0))
      let run = try Execution(plan)
      var weights = Weights()
      weights["c.weight"] = Tensor(shape: [1, 1, 1, 1], values: [1])
      weights["same.weight"] = Tensor(
        shape: [6, 6], values: (0..<36).map { $0 % 7 == 0 ? 1 : 0 })
      try run.load(weights)
      for index in run.inputs.indices { run.inputs[index] = Float(index + 1) }
      _ = run.evaluate(rows: 1)
      #expect(
        Array(run.logits)
          == (node.layer.shift == 0 ? [1, 3, 9, 11, 17, 19] : [6, 8, 14, 16, 0, 0]))
    }
  }

  @Test func `drop path is scheduled by cell, counts reductions, and spares identities`() throws {
    let stack = nasNetA(cells: 6, filters: 4, keep: 0.6)
    #expect(stack.totalCells == 20)
    #expect(abs(stack.dropRate(ofCell: 19) - 0.4) < 1e-12)
    #expect(abs(stack.dropRate(ofCell: 0) - 0.02) < 1e-12)
    let architecture = try build(stack, input: TensorShape(height: 32, width: 32, channels: 3))
    var rates: [Double] = []
    for node in architecture.nodes {
      guard case .dropPath(let rate) = node.layer else { continue }
      #expect(!node.scope.contains("identity"))
      if rates.last != rate { rates.append(rate) }
    }
    #expect(rates == (0..<20).map { stack.dropRate(ofCell: $0) }, "in order, one for each cell")
    // 10 branches of a normal cell, 2 of them identities; of a reduction cell 1.
    let count = architecture.nodes.count { $0.scope.hasSuffix(".drop") }
    #expect(count == 18 * 8 + 2 * 9)
    // It is no part of what the network computes.
    let plain = try build(
      nasNetA(cells: 6, filters: 4), input: TensorShape(height: 32, width: 32, channels: 3))
    #expect(
      plain.fingerprint == architecture.fingerprint && plain.nodes.count < architecture.nodes.count)
  }

  @Test func `paths are dropped in a final training alone`() throws {
    let architecture = try build(nasNetA(cells: 1, filters: 4, reductions: 1, keep: 0.5))
    func losses(dropsPaths: Bool, progress: Double) throws -> [Double] {
      let (graph, logits) = try architecture.graph(dropsPaths: dropsPaths)
      let run = try Execution(
        Plan(
          graph, logits: logits, batch: 8,
          optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0)))
      run.initialise(seed: 1)
      var generator = SeededGenerator(seed: 2)
      for index in run.inputs.indices { run.inputs[index] = Float(generator.unit()) - 0.5 }
      for index in run.labels.indices { run.labels[index] = Int32(generator.below(10)) }
      return (0..<3).map { run.train(learningRate: 0, step: $0, seed: 5, progress: progress).loss }
    }
    let trial = try losses(dropsPaths: false, progress: 1)
    let start = try losses(dropsPaths: true, progress: 0)
    let end = try losses(dropsPaths: true, progress: 1)
    #expect(zip(trial, start).allSatisfy { abs($0 - $1) < 1e-5 }, "keep is 1 at step 0")
    #expect(zip(trial, end).allSatisfy { abs($0 - $1) > 1e-3 })
    #expect(Set(end).count == 3, "other samples in every step")
  }

  @Test func `a cell found on small images is stacked deeper and wider on large ones, and learns`()
    throws
  {
    let found = NASNetCellSpace(cells: 1, filters: 4, reductions: 1)
    let deeper = NASNetCellSpace(cells: 2, filters: 6, reductions: 2)
    #expect(found.points == deeper.points, "how cells are stacked is no part of a genotype")
    var generator = SeededGenerator(seed: 16)
    let genotype = Genotype.random(in: found.points, using: &generator)
    let code = found.code(of: genotype)
    #expect(try deeper.genotype(of: code) == genotype)
    let classes = 4
    let architecture = try decode(
      "nasnet-cell", genotype, params: ["cells": 2, "filters": 6, "reductions": 2],
      input: TensorShape(height: 32, width: 32, channels: 3), classes: classes)
    let (graph, logits) = try architecture.graph(dropsPaths: true)
    let batch = 32
    let run = try Execution(
      Plan(
        graph, logits: logits, batch: batch,
        optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 3e-4)))
    run.initialise(seed: 3)
    // Noise, and a bright patch of 8 × 8 in the quarter that is the class.
    let pixels = 32 * 32 * 3
    let images = (0..<512).map { number in
      let label = number % classes
      let place = (
        row: label / 2 * 16 + generator.below(9), column: label % 2 * 16 + generator.below(9)
      )
      return (0..<pixels).map { index in
        let (row, column) = (index / 96, index / 3 % 32)
        let isBright =
          (place.row..<place.row + 8).contains(row)
          && (place.column..<place.column + 8).contains(column)
        return Float(generator.unit()) - 0.5 + (isBright ? 1.5 : 0)
      }
    }
    var losses: [Double] = []
    for step in 0..<2 * images.count / batch {
      for row in 0..<batch {
        let number = (step * batch + row) % images.count
        for (index, value) in images[number].enumerated() {
          run.inputs[row * pixels + index] = value
        }
        run.labels[row] = Int32(number % classes)
      }
      losses.append(
        run.train(
          learningRate: 0.02, step: step, seed: 1, progress: Double(step) / 31
        ).loss)
    }
    let last = losses.suffix(8).reduce(0, +) / 8
    #expect(last < 0.8 * log(Double(classes)), "\(losses)")
  }

  @Test func `codes read as they are written, and what they cannot mean is refused`() throws {
    let space = NASNetCellSpace(blocks: 2, reductions: 0)
    let code = "sep_3x3(0)+identity(1) conv_3x3(2)&max_3x3(0)"
    #expect(try space.code(of: space.genotype(of: code)) == code)
    for wrong in [
      "sep_3x3(0)+identity(1)", "sep_3x3(0)+identity(2) conv_3x3(2)&max_3x3(0)",
      "sep_5x5(0)+identity(1) conv_3x3(2)&max_3x3(0)", "\(code) | \(code)",
      "sep_3x3(0)identity(1) conv_3x3(2)&max_3x3(0)",
      "sep_3x3(00)+identity(1) conv_3x3(2)&max_3x3(0)",
    ] {
      #expect(throws: SpaceError.self, "\(wrong)") { try space.genotype(of: wrong) }
    }
    #expect(throws: SpaceError.self) {
      try NASNetCellSpace(blocks: 2, searchesCombination: false, reductions: 0).genotype(of: code)
    }
    #expect(space.cardinality == "6^2 · 72^2", "states, then operations and combination")
  }
}

extension Layer {
  /// The larger stride of a layer that has one, else 1.
  fileprivate var stride: Int {
    switch self {
    case .conv2d(_, _, let stride, _, _, _, _): max(stride.height, stride.width)
    case .maxPool(_, let stride, _), .averagePool(_, let stride, _): stride
    case .shiftedConv(_, let stride, _): stride
    default: 1
    }
  }

  fileprivate var shift: Int {
    if case .shiftedConv(_, _, let shift) = self { shift } else { 0 }
  }
}
