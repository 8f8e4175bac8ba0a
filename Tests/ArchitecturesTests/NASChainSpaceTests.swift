import Architectures
import Domain
import Engine
import Testing

@Suite struct NASChainSpaceTests {
  @Test func `a layer that reads nothing reads the image`() throws {
    let space = NASChainSpace(layers: 3)
    let architecture = try decode(
      "nas-chain", space.genotype(of: "1x3:4 3x3:8 3x1:16"), params: ["layers": 3, "min_layers": 3])
    for layer in 0..<3 {
      let conv = architecture.nodes.first { $0.scope == "layers.\(layer).conv" }
      #expect(conv?.inputs == [0])
    }
    let head = try #require(architecture.nodes.first { $0.scope == "head.concat" })
    #expect(head.shape.channels == 28, "nobody read any of them, so the classifier does")
  }

  @Test func `several inputs are concatenated, smaller maps padded below and to the right`() throws
  {
    let space = NASChainSpace(layers: 3, stridedLayers: 1)
    let params: [String: JSONValue] = ["layers": 3, "min_layers": 3, "strided_layers": 1]
    let architecture = try decode(
      "nas-chain", space.genotype(of: "3x3/2x3:4 1x1:8 3x3:12<0,1"), params: params)
    let byScope = Dictionary(uniqueKeysWithValues: architecture.nodes.map { ($0.scope, $0) })
    #expect(
      byScope["layers.0.conv"]?.shape == TensorShape(height: 4, width: 3, channels: 4))
    #expect(byScope["layers.2.pad.0"]?.layer == .spatialPad(height: 8, width: 8))
    #expect(
      byScope["layers.2.concat"]?.shape == TensorShape(height: 8, width: 8, channels: 12))
    #expect(byScope["head.concat"] == nil, "only the last output is left unread")
    // 9·4 + 2·4, 8 + 2·8, 9·12·12 + 2·12, 12·10 + 10
    #expect(architecture.parameters == 44 + 24 + 1320 + 130)
  }

  @Test func `points come in the published order and the cardinality counts them`() throws {
    let space = NASChainSpace(layers: 2, stridedLayers: 1)
    #expect(
      space.points.map(\.name) == [
        "layers.0.filter_height", "layers.0.filter_width", "layers.0.stride_height",
        "layers.0.stride_width", "layers.0.filters", "layers.1.filter_height",
        "layers.1.filter_width", "layers.1.filters", "layers.1.reads.0",
      ])
    #expect(space.cardinality == "4608", "2 · 2 · 9 · 4 and 2 · 2 · 4 · 2")
    let published = NASChainSpace(layers: 15, kernels: [1, 3, 5, 7], filters: [24, 36, 48, 64])
    #expect(published.cardinality == "64^15 · 2^105")
  }

  @Test func `a searched depth is the first point, and points of deeper layers hang on it`() throws
  {
    let space = NASChainSpace(layers: 3, minLayers: 2, kernels: [1], filters: [4, 8])
    #expect(space.cardinality == "72", "2·2·2 of two layers, 2·2·2·8 of three")
    let points = space.points
    #expect(points[0].name == "layers" && points[0].values == ["2", "3"])
    #expect(points[0].kind == DecisionPoint.depth)
    let deep = points.filter { $0.name.hasPrefix("layers.2.") }
    #expect(deep.count == 5 && deep.allSatisfy { $0.condition == .init(index: 0, values: [1]) })
    #expect(points.filter { $0.condition == nil }.count == points.count - 5)
    // What a layer reads is a link between the filters of two layers.
    let names = points.map(\.name)
    let last = try #require(points.last?.link)
    #expect(names[last.from] == "layers.1.filters" && names[last.to] == "layers.2.filters")
    for code in ["1x1:4 1x1:8<0", "1x1:4 1x1:8 1x1:8<0,1"] {
      let genotype = try space.genotype(of: code)
      #expect(genotype.lies(in: points) && space.code(of: genotype) == code)
    }
    #expect(throws: SpaceError.self) { try space.genotype(of: "1x1:4") }
  }

  @Test
  func `1,000 random networks are finite, and every output nobody read reaches the classifier`()
    throws
  {
    for number in 0..<1_000 {
      let space = NASChainSpace(layers: 5, minLayers: 1, stridedLayers: 2)
      var generator = SeededGenerator(jobSeed: 8, trial: number, purpose: .sample)
      let genotype = Genotype.random(in: space.points, using: &generator)
      let architecture = try decode(
        "nas-chain", genotype, params: ["layers": 5, "min_layers": 1, "strided_layers": 2])
      #expect(architecture.dead.isEmpty, "every layer is on a path to the scores")
      let (graph, logits) = try architecture.graph()
      let run = try Execution(
        Plan(
          graph, logits: logits, batch: 2,
          optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0)))
      run.initialise(seed: UInt64(number))
      for index in run.inputs.indices { run.inputs[index] = Float(generator.unit()) - 0.5 }
      for index in run.labels.indices { run.labels[index] = Int32(generator.below(10)) }
      _ = run.evaluate(rows: 2)
      #expect(run.logits.allSatisfy { $0.isFinite })
      guard number % 20 == 0 else { continue }
      // A step moves every layer: its gradient is not zero.
      let before = run.weights()
      _ = run.train(learningRate: 1, step: 0, seed: 0)
      let after = run.weights()
      for key in before.keys where key.hasSuffix("conv.weight") {
        #expect(before[key]?.values != after[key]?.values, "\(architecture.code): \(key)")
      }
    }
  }

  @Test func `a fingerprint is the same in every process`() throws {
    let space = NASChainSpace(layers: 3)
    let architecture = try decode(
      "nas-chain", space.genotype(of: "1x3:4 3x3:8<0 3x1:16<0,1"),
      params: ["layers": 3, "min_layers": 3])
    #expect(architecture.fingerprint == "a1-bff45de666e3e7d81cdd9f29b50ad2ae")
  }

  @Test func `sizes cannot stand side by side, so there is no supernet`() {
    #expect(throws: SpaceError.self) {
      try Supernet(of: NASChainSpace(), input: digits, classes: 10)
    }
    #expect(throws: SpaceError.self) { try Supernet(of: MLPSpace(), input: table, classes: 3) }
  }
}
