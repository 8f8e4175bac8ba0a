import Architectures
import Domain
import Engine
import Testing

@Suite struct MorphismTests {
  /// A network of any layers: blocks of them at scopes of their own, then a classifier.
  private struct Sketch: SearchSpace {
    let body: @Sendable (inout ChildBuilder) throws -> Int

    var points: [DecisionPoint] { [] }
    var cardinality: String { "1" }

    func describe<Builder: NetworkBuilder>(into builder: inout Builder) throws -> Builder.Value {
      guard var child = builder as? ChildBuilder else { throw SpaceError("children alone") }
      let output = try body(&child)
      guard let value = output as? Builder.Value, let built = child as? Builder else {
        throw SpaceError("children alone")
      }
      builder = built
      return value
    }

    func code(of genotype: Genotype) -> String { "" }
    func genotype(of code: String) throws -> Genotype { Genotype([]) }

    func architecture(input: TensorShape = digits) throws -> Architecture {
      try Architecture(
        of: self, named: ComponentChoice("sketch"), version: 1, genotype: Genotype([]),
        input: input, classes: 10)
    }
  }

  /// A network with weights and running statistics that a few steps of training gave it.
  private func trained(_ architecture: Architecture, seed: UInt64 = 5) throws -> Weights {
    let run = try execution(architecture)
    run.initialise(seed: seed)
    for step in 0..<6 {
      fill(run, seed: UInt64(step))
      _ = run.train(learningRate: 0.05, step: step, seed: 1)
    }
    return run.weights()
  }

  private func execution(_ architecture: Architecture) throws -> Execution {
    let (graph, logits) = try architecture.graph()
    return try Execution(
      Plan(
        graph, logits: logits, batch: 16,
        optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 0)))
  }

  private func fill(_ run: Execution, seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 1_000)
    for index in run.inputs.indices { run.inputs[index] = Float(2 * generator.unit() - 1) }
    for index in run.labels.indices { run.labels[index] = Int32(generator.below(10)) }
  }

  /// Class scores in inference mode.
  private func outputs(_ architecture: Architecture, _ weights: Weights) throws -> [Float] {
    let run = try execution(architecture)
    try run.load(weights)
    fill(run, seed: 77)
    _ = run.evaluate(rows: 16)
    return Array(run.logits)
  }

  private func largestChange(
    _ parent: Architecture, _ child: Architecture, _ descent: Descent,
    noise: Morphism.Noise = .none, seed: UInt64 = 9
  ) throws -> Float {
    let old = try trained(parent)
    let new = try Morphism(from: parent, to: child, descent).weights(old, noise: noise, seed: seed)
    let shapes = Dictionary(uniqueKeysWithValues: new.keys.map { ($0, new[$0]?.shape ?? []) })
    #expect(shapes == child.tensorShapes)
    let (before, after) = (try outputs(parent, old), try outputs(child, new))
    #expect(before.count == 160 && Set(before).count > 100)
    return zip(before, after).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// Convolutions beside each other, concatenated, summed, pooled, flattened and fully connected.
  private func mixed(_ width: Int, units: Int, hasNorm: Bool = true) -> Sketch {
    Sketch { builder in
      func layer(
        _ name: String, _ filters: Int, _ input: Int, _ builder: inout ChildBuilder
      ) throws
        -> Int
      {
        try builder.scoped(name) { builder in
          var value = try builder.apply(
            .conv(filters, kernel: 3, bias: !hasNorm), [input], named: "conv")
          if hasNorm { value = try builder.apply(.batchNorm(affine: true), [value], named: "norm") }
          return try builder.apply(.relu, [value], named: "relu")
        }
      }
      let a = try layer("a", width, builder.input, &builder)
      let b = try layer("b", 3, builder.input, &builder)
      let joined = try builder.apply(.concat, [b, a], named: "joined")
      let c = try layer("c", width + 1, joined, &builder)
      let pool = try builder.apply(
        .maxPool(kernel: 2, stride: 2, padding: 0), [c], named: "pool")
      let d = try layer("d", 4, pool, &builder)
      let e = try layer("e", 4, d, &builder)
      let sum = try builder.apply(.add, [d, e], named: "sum")
      let hidden = try builder.apply(.linear(units: units, bias: true), [sum], named: "hidden")
      let relu = try builder.apply(.relu, [hidden], named: "hidden.relu")
      return try builder.apply(.linear(units: 10, bias: true), [relu], named: "head")
    }
  }

  @Test(arguments: [(6, 9), (10, 16), (15, 24)], [true, false])
  func `wider layers leave the outputs alone`(sizes: (Int, Int), hasNorm: Bool) throws {
    let parent = try mixed(5, units: 8, hasNorm: hasNorm).architecture()
    let child = try mixed(sizes.0, units: sizes.1, hasNorm: hasNorm).architecture()
    #expect(try largestChange(parent, child, Descent([:])) <= 1e-4)
  }

  /// Two layers of each kind, the second perhaps inserted.
  private func deep(
    kernel: Int?, isDense: Bool = false, hasNorm: Bool = true, hasActivation: Bool = true
  ) -> Sketch {
    Sketch { builder in
      func finish(_ value: Int, _ builder: inout ChildBuilder) throws -> Int {
        var value = value
        if hasNorm { value = try builder.apply(.batchNorm(affine: true), [value], named: "norm") }
        return hasActivation ? try builder.apply(.relu, [value], named: "relu") : value
      }
      var value = try builder.scoped("first") { builder in
        let conv = try builder.apply(
          .conv(6, kernel: 3, bias: !hasNorm), [builder.input], named: "conv")
        return try finish(conv, &builder)
      }
      if let kernel, !isDense {
        value = try builder.scoped("second") { builder in
          let conv = try builder.apply(
            .conv(6, kernel: kernel, bias: !hasNorm), [value], named: "conv")
          let norm = try finish(conv, &builder)
          return hasActivation ? norm : try builder.apply(.relu, [norm], named: "relu")
        }
      }
      value = try builder.scoped("hidden") { builder in
        let linear = try builder.apply(
          .linear(units: 12, bias: true), [value], named: "linear")
        return try finish(linear, &builder)
      }
      if isDense {
        value = try builder.scoped("second") { builder in
          let linear = try builder.apply(
            .linear(units: 12, bias: true), [value], named: "linear")
          return try finish(linear, &builder)
        }
      }
      return try builder.apply(.linear(units: 10, bias: true), [value], named: "head")
    }
  }

  @Test(arguments: [1, 3, 5, nil], [true, false])
  func `an inserted layer leaves the outputs alone`(kernel: Int?, hasNorm: Bool) throws {
    let parent = try deep(kernel: nil, hasNorm: hasNorm).architecture()
    let child = try deep(kernel: kernel, isDense: kernel == nil, hasNorm: hasNorm).architecture()
    #expect(try largestChange(parent, child, Descent(["second": nil])) <= 1e-4)
  }

  @Test func `an insertion that would change its input is refused`() throws {
    let parent = try deep(kernel: nil, hasActivation: false).architecture()
    let child = try deep(kernel: 3, hasActivation: false).architecture()
    let error = #expect(throws: SpaceError.self) {
      try largestChange(parent, child, Descent(["second": nil]))
    }
    #expect(error?.message.contains("may be negative") == true)
    // Narrower layers, and sums of differently repeated channels, are no growth either.
    #expect(throws: SpaceError.self) {
      try largestChange(
        mixed(5, units: 8).architecture(), mixed(4, units: 8).architecture(), Descent([:]))
    }
  }

  @Test func `in training mode an inserted layer changes little, too`() throws {
    let parent = try deep(kernel: nil).architecture()
    let child = try deep(kernel: 3).architecture()
    let old = try trained(parent)
    let new = try Morphism(from: parent, to: child, Descent(["second": nil]))
      .weights(old, noise: .none, seed: 1)
    func loss(_ architecture: Architecture, _ weights: Weights) throws -> Double {
      let run = try execution(architecture)
      try run.load(weights)
      fill(run, seed: 5)
      return run.train(learningRate: 0, step: 0, seed: 1).loss
    }
    // As an identity with the statistics of a fresh normalisation it would be off by much more.
    var fresh = new
    for (name, value) in [
      ("running_mean", Float(0)), ("running_var", 1), ("weight", 1), ("bias", 0),
    ] {
      fresh["second.norm.\(name)"] = Tensor(
        shape: [6], values: Array(repeating: value, count: 6))
    }
    let (before, after) = (try loss(parent, old), try loss(child, new))
    #expect(abs(before - after) < 0.3 * abs(before - (try loss(child, fresh))))
  }

  @Test func `the copies of a channel share its weight`() throws {
    let parent = try mixed(5, units: 8).architecture()
    let child = try mixed(13, units: 8).architecture()
    let old = try trained(parent)
    let new = try Morphism(from: parent, to: child, Descent([:]))
      .weights(old, noise: .none, seed: 3)
    let (first, second) = (try #require(old["c.conv.weight"]), try #require(new["c.conv.weight"]))
    let (kernels, wider) = (
      try #require(old["a.conv.weight"]), try #require(new["a.conv.weight"])
    )
    // Which channel of the parent each of the child repeats, by its kernel.
    let origins = try (0..<13).map { channel in
      let kernel = wider.values[channel * 9..<channel * 9 + 9]
      return try #require((0..<5).first { kernels.values[$0 * 9..<$0 * 9 + 9] == kernel })
    }
    #expect(Array(origins.prefix(5)) == [0, 1, 2, 3, 4])
    for row in 0..<6 {
      for channel in 0..<5 {
        for tap in 0..<9 {
          // Three channels of the other branch stand before them.
          let sum = (0..<13).filter { origins[$0] == channel }.reduce(Float(0)) {
            $0 + second.values[(row * 16 + 3 + $1) * 9 + tap]
          }
          #expect(abs(sum - first.values[(row * 8 + 3 + channel) * 9 + tap]) < 1e-6)
        }
      }
    }
  }

  @Test func `copies part in training with noise, and stay alike without`() throws {
    let parent = try mixed(5, units: 8).architecture()
    let child = try mixed(10, units: 8).architecture()
    let old = try trained(parent)
    func twins(_ noise: Morphism.Noise) throws -> Float {
      let new = try Morphism(from: parent, to: child, Descent([:]))
        .weights(old, noise: noise, seed: 3)
      let run = try execution(child)
      try run.load(new)
      let kernels = try #require(old["a.conv.weight"]).values
      let start = try #require(new["a.conv.weight"]).values
      // The nearest kernel of the parent is what the tenth channel repeats.
      let distances = (0..<5).map { origin in
        (0..<9).reduce(Float(0)) { $0 + abs(start[81 + $1] - kernels[origin * 9 + $1]) }
      }
      let origin = distances.firstIndex(of: distances.min() ?? 0) ?? 0
      for step in 0..<20 {
        fill(run, seed: UInt64(step))
        _ = run.train(learningRate: 0.05, step: step, seed: 1)
      }
      let trained = try #require(run.weights()["a.conv.weight"]).values
      return (0..<9).reduce(0) { max($0, abs(trained[81 + $1] - trained[origin * 9 + $1])) }
    }
    #expect(try twins(Morphism.Noise()) > 1e-3)
    #expect(try twins(.none) < 1e-4)
  }

  @Test func `six growing steps in a row leave the outputs of a chain alone`() throws {
    let space = EASChainSpace(maxDepth: 4, denseDepth: 3)
    for seed in UInt64(1)...6 {
      var generator = SeededGenerator(seed: seed)
      var plan = try space.plan(of: space.genotype(of: "conv-8-3 pool conv-8-3 fc-16"))
      var genotype = try space.genotype(of: plan)
      var architecture = try decode("eas-chain", genotype, params: chain)
      let first = try trained(architecture)
      var weights = first
      let before = try outputs(architecture, weights)
      for _ in 0..<6 {
        let old = plan
        while plan == old {
          let stage = generator.below(3)
          if stage == 2 {
            let layer = generator.below(plan.dense.count)
            if generator.below(2) == 0, plan.dense.count < 3 {
              plan.dense.insert(plan.dense[layer], at: layer + 1)
            } else {
              plan.dense[layer] = space.units.first { $0 > plan.dense[layer] } ?? plan.dense[layer]
            }
          } else {
            let layer = generator.below(plan.stages[stage].count)
            let width = plan.stages[stage][layer].width
            if generator.below(2) == 0, plan.stages[stage].count < 4 {
              plan.stages[stage].insert(
                .init(width: width, kernel: [1, 3, 5][generator.below(3)]), at: layer + 1)
            } else {
              plan.stages[stage][layer].width = space.widths.first { $0 > width } ?? width
            }
          }
        }
        let child = try space.genotype(of: plan)
        let descent = try #require(space.descent(of: child, from: genotype))
        let grown = try decode("eas-chain", child, params: chain)
        weights = try Morphism(from: architecture, to: grown, descent)
          .weights(weights, noise: .none, seed: seed)
        genotype = child
        architecture = grown
      }
      let after = try outputs(architecture, weights)
      let change = zip(before, after).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(change <= 6e-4, "seed \(seed): \(space.code(of: genotype))")
    }
  }

  private let chain: [String: JSONValue] = ["max_depth": 4, "dense_depth": 3]

  @Test func `a child descends from what it grew out of, and from nothing else`() throws {
    let space = EASChainSpace()
    func descent(_ child: String, _ parent: String) throws -> Descent? {
      try space.descent(of: space.genotype(of: child), from: space.genotype(of: parent))
    }
    let parent = "conv-8-3 pool conv-8-3 fc-16"
    #expect(
      try descent("conv-8-3 conv-12-1 pool conv-8-5 conv-16-3 fc-16 fc-24", parent)
        == Descent([
          "stages.0.layers.0": "stages.0.layers.0", "stages.0.layers.1": nil,
          "stages.1.layers.0": nil, "stages.1.layers.1": "stages.1.layers.0",
          "dense.layers.0": "dense.layers.0", "dense.layers.1": nil,
        ]))
    for stranger in [
      "conv-4-3 pool conv-8-3 fc-16", "conv-8-5 pool conv-8-3 fc-16",
      "conv-8-1 conv-8-3 pool conv-8-3 fc-16", "conv-8-3 conv-4-3 pool conv-8-3 fc-16",
      "conv-8-3 pool conv-8-3 fc-8", "conv-8-3 pool conv-8-3 fc-16 fc-8",
    ] {
      #expect(try descent(stranger, parent) == nil, "\(stranger)")
    }
    #expect(try descent(parent, "conv-8-3 conv-8-3 pool conv-8-3 fc-16") == nil, "never shrinks")
  }
}
