import Architectures
import Domain
import Testing

@Suite struct BlockQNNSpaceTests {
  private let published = BlockQNNSpace(layers: 6, kernels: [1, 3, 5])

  /// The layers of a genotype, without the terminal.
  private func block(_ genotype: Genotype, of space: BlockQNNSpace) -> [BlockLayer] {
    genotype.decisions.enumerated().compactMap { place, value in
      value.map { space.choices(at: place + 1)[$0] }
    }
    .filter { $0.operation != .terminal }
  }

  @Test func `an index has as many actions as the published table gives it`() {
    #expect(published.points.map(\.values.count) == [8, 19, 31, 45, 61, 79])
    #expect(BlockQNNSpace(layers: 2).cardinality == "119", "7 and 7 · 16")
    #expect(BlockQNNSpace(layers: 23).cardinality.hasPrefix("Σ"))
  }

  @Test func `every code keeps the rules of the table and is read back`() throws {
    var lengths: Set<Int> = []
    for number in 0..<2_000 {
      var generator = SeededGenerator(jobSeed: 8, trial: number, purpose: .sample)
      let genotype = Genotype.random(in: published.points, using: &generator)
      let code = published.code(of: genotype)
      #expect(try published.genotype(of: code) == genotype)
      let tuples = code.split(separator: " ").map { word in
        word.dropFirst().dropLast().split(separator: ",").compactMap { Int($0) }
      }
      lengths.insert(tuples.count)
      for (place, tuple) in tuples.enumerated() {
        try #require(tuple.count == 5 && tuple[0] == place + 1)
        let (type, kernel, first, second) = (tuple[1], tuple[2], tuple[3], tuple[4])
        #expect((type == 7) == (place == tuples.count - 1), "the terminal is the last")
        switch type {
        case 1: #expect([1, 3, 5].contains(kernel) && second == 0)
        case 2, 3: #expect([1, 3].contains(kernel) && second == 0)
        case 4: #expect(kernel == 0 && second == 0)
        case 5, 6: #expect(kernel == 0 && first < second && second <= place)
        default: #expect(tuple == [place + 1, 7, 0, 0, 0])
        }
        #expect(first <= place)
      }
    }
    #expect(lengths == [2, 3, 4, 5, 6, 7], "one to six layers and the terminal")
  }

  @Test func `codes that break the rules are refused`() {
    for code in [
      "(1,7,0,0,0)", "(1,1,3,0,0)", "(1,1,3,1,0) (2,7,0,0,0)", "(1,1,7,0,0) (2,7,0,0,0)",
      "(1,1,3,0,0) (2,5,0,1,0) (3,7,0,0,0)", "(1,1,3,0,0) (2,5,0,1,1) (3,7,0,0,0)",
      "(1,1,3,0,0) (2,7,0,0,0) (3,7,0,0,0)", "(2,1,3,0,0) (2,7,0,0,0)",
    ] {
      #expect(throws: SpaceError.self, "\(code)") { try published.genotype(of: code) }
    }
  }

  @Test func `the block is the same however often it is stacked, and all of it reaches the output`()
    throws
  {
    for number in 0..<200 {
      var generator = SeededGenerator(jobSeed: 9, trial: number, purpose: .sample)
      let space = BlockQNNSpace()
      let genotype = Genotype.random(in: space.points, using: &generator)
      let once = try decode("block-qnn", genotype)
      let thrice = try decode("block-qnn", genotype, params: ["blocks_per_stage": 3])
      #expect(once.cells[0].edges == thrice.cells[0].edges)
      #expect(once.cells[0].repeats.count == 2 && thrice.cells[0].repeats.count == 6)
      #expect(thrice.dead.isEmpty, "every layer matters")
      /// Layers of a block with where they read from, as paths within the block.
      func topology(_ architecture: Architecture, _ block: String) -> [String] {
        architecture.nodes.filter { $0.scope.hasPrefix(block + ".") }.map { node in
          let sources = node.inputs.map { architecture.nodes[$0].scope }
          return ([node.scope] + sources).map {
            $0.hasPrefix(block + ".") ? String($0.dropFirst(block.count)) : "outside"
          }.joined(separator: " ")
        }
      }
      for stage in 0..<2 {
        let first = topology(once, "stages.\(stage).blocks.0")
        #expect(topology(thrice, "stages.\(stage).blocks.0") == first)
        // From the second stage's first block on, no input is of another width.
        #expect(
          topology(thrice, "stages.\(stage).blocks.1")
            == topology(thrice, "stages.\(stage).blocks.2"))
      }
      let layers = block(genotype, of: space)
      let ends = BlockQNNSpace.looseEnds(of: layers)
      let edges = once.cells[0].edges.filter { $0.to == layers.count + 1 }
      #expect(edges.map(\.from) == ends && !ends.isEmpty)
    }
  }

  @Test func `widths are restored after a concatenation and before a sum of unequal ones`() throws {
    let code = "(1,1,3,0,0) (2,5,0,0,1) (3,6,0,0,2) (4,7,0,0,0)"
    let architecture = try decode("block-qnn", BlockQNNSpace().genotype(of: code))
    let byScope = Dictionary(uniqueKeysWithValues: architecture.nodes.map { ($0.scope, $0) })
    let first = "stages.0.blocks.0.layers"
    #expect(byScope["\(first).2.fit.0.conv"] == nil, "8 and 8 channels")
    #expect(byScope["\(first).3.conv"]?.layer == .conv(8, kernel: 1))
    let second = "stages.1.blocks.0.layers"
    #expect(byScope["\(second).2.fit.0.conv"]?.layer == .conv(16, kernel: 1), "8 and 16 channels")
    #expect(byScope["\(second).2.fit.1.conv"] == nil)
    #expect(byScope["\(second).3.concat"]?.shape.channels == 24)
    #expect(byScope["\(second).3.norm"]?.shape.channels == 16)
    #expect(byScope["stages.1.blocks.0.output.concat"] == nil, "one loose end is the output")
    // Seven edges, the output's included, on five states.
    #expect(architecture.density == 6.0 / 5)
  }

  @Test func `an image that cannot be halved so often is refused`() {
    #expect(throws: SpaceError.self) {
      try decode(
        "block-qnn", Genotype([0, 18, nil, nil, nil]), params: ["stages": 5],
        input: TensorShape(height: 8, width: 8, channels: 1))
    }
  }
}
