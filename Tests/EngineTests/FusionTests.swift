import Engine
import Testing

/// Fusion is seen from outside by the number of kernel calls; that results stay right is for the
/// gradient tests.
@Suite struct FusionTests {
  private func calls(
    _ shape: (Int, Int, Int), _ build: (inout Graph, Graph.Node) throws -> Graph.Node
  ) throws -> (training: Int, inference: Int) {
    try plan(shape, build).callCount
  }

  private func plan(
    _ shape: (Int, Int, Int), batch: Int = 4,
    _ build: (inout Graph, Graph.Node) throws -> Graph.Node
  ) throws -> Plan {
    var graph = Graph()
    let input = graph.input(Shape(height: shape.0, width: shape.1, channels: shape.2))
    let features = try graph.apply(GlobalAveragePool(), [build(&graph, input)])
    let logits = try graph.apply(Linear(units: 3, key: "head"), [features])
    return try Plan(
      graph, logits: logits, batch: batch,
      optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 0))
  }

  private func convolution(_ filters: Int, _ key: String) -> Conv2D {
    Conv2D(filters: filters, kernel: (3, 3), padding: (1, 1), key: key)
  }

  @Test(arguments: [6, 16])
  func `batch norm and relu are one call forward and one backward, with and without a halo`(
    _ width: Int
  ) throws {
    let plain = try calls((6, width, 2)) { graph, x in
      try graph.apply(BatchNorm(key: "b"), [graph.apply(convolution(4, "a"), [x])])
    }
    let active = try calls((6, width, 2)) { graph, x in
      let norm = try graph.apply(BatchNorm(key: "b"), [graph.apply(convolution(4, "a"), [x])])
      return try graph.apply(ReLU(), [norm])
    }
    #expect(active == plain)
    // Forward: convolution, norm, pool, head, loss. Backward: head twice, pool, norm twice, convolution.
    #expect(plain.training == 5 + 6 + 1)
    #expect(plain.inference == 5)
  }

  @Test func `a mixture normalises its branches itself and learns from one pass over them`() throws
  {
    let counts = try calls((6, 6, 2)) { graph, x in
      let branches = try ["a", "b"].map { key in
        try graph.apply(
          BatchNorm(affine: false, key: key + "n"), [graph.apply(convolution(4, key), [x])])
      }
      return try graph.apply(Mixture(branches: 2, key: "m"), branches)
    }
    // Two convolutions, two norms, softmax, mixture, pool, head, loss.
    #expect(counts.inference == 9)
    // Forward the same, with statistics alone for the norms. Backward: head twice, pool, sums and
    // weights of the mixture, each branch twice, softmax. Updates: of what each branch holds, of the
    // head, of the mixture.
    #expect(counts.training == 9 + 3 + 2 + 4 + 1 + 4)
  }

  @Test func `identities cost nothing and a concatenation is written in place`() throws {
    let apart = try calls((4, 4, 2)) { graph, x in
      let a = try graph.apply(convolution(4, "a"), [x])
      return try graph.apply(convolution(3, "b"), [a])
    }
    let joined = try calls((4, 4, 2)) { graph, x in
      let a = try graph.apply(Identity(), [graph.apply(convolution(4, "a"), [x])])
      let b = try graph.apply(convolution(3, "b"), [a])
      return try graph.apply(Concat(), [graph.apply(Identity(), [b]), a])
    }
    #expect(joined.inference == apart.inference)
    // One more in training: the gradient of `a` has a second part.
    #expect(joined.training <= apart.training + 1)
  }

  @Test func `terms of a sum are added by their producers`() throws {
    let counts = try calls((4, 4, 2)) { graph, x in
      let a = try graph.apply(convolution(4, "a"), [x])
      let terms = [
        try graph.apply(MaxPool(kernel: 3, stride: 1, padding: 1), [a]),
        try graph.apply(AveragePool(kernel: 3, stride: 1, padding: 1), [a]),
        try graph.apply(convolution(4, "b"), [a]),
      ]
      return try graph.apply(Add(), terms)
    }
    // Two convolutions, two pools, pool, head, loss; no call for the sum.
    #expect(counts.inference == 7)
    // Backward likewise: convolution b twice, two pools, convolution a, pool, head twice; update.
    #expect(counts.training == 7 + 8 + 1)
  }

  @Test func `a relu that several edges begin with is computed once`() throws {
    func counts(_ edges: Int) throws -> Int {
      try calls((4, 4, 2)) { graph, x in
        let stem = try graph.apply(BatchNorm(key: "s"), [x])
        let terms = try (0..<edges).map { edge in
          try graph.apply(convolution(2, "e\(edge)"), [graph.apply(ReLU(), [stem])])
        }
        return try graph.apply(Add(), terms + [stem])
      }.inference
    }
    #expect(try counts(3) == counts(2) + 1)
  }

  @Test(arguments: [4, 32])
  func `the arena is as large as what is used of it`(_ size: Int) throws {
    let plan = try plan((size, size, 3), batch: 8) { graph, x in
      let a = try graph.apply(convolution(8, "a"), [x])
      let b = try graph.apply(ReLU(), [graph.apply(BatchNorm(key: "b"), [a])])
      return try graph.apply(Add(), [graph.apply(convolution(8, "c"), [b]), a])
    }
    #expect(plan.bytesReached <= plan.arenaBytes)
    #expect(plan.bytesReached > plan.arenaBytes - 256)
  }

  @Test func `a layer that ends in a relu is added to a sum, not the relu applied to the sum`()
    throws
  {
    func logits(fused: Bool) throws -> [Float] {
      var graph = Graph()
      let x = graph.input(Shape(height: 5, width: 5, channels: 2))
      let plain = try graph.apply(convolution(4, "a"), [x])
      var active = try graph.apply(ReLU(), [graph.apply(convolution(4, "b"), [x])])
      // A pool of one pixel changes nothing, and keeps the producer from adding.
      if !fused { active = try graph.apply(MaxPool(kernel: 1, stride: 1), [active]) }
      let sum = try graph.apply(GlobalAveragePool(), [graph.apply(Add(), [plain, active])])
      let node = try graph.apply(Linear(units: 3, key: "head"), [sum])
      let execution = try Execution(
        Plan(
          graph, logits: node, batch: 2,
          optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 0)))
      execution.initialise(seed: 3)
      Golden.fill(execution, seed: 4)
      _ = execution.evaluate(rows: 2)
      return Array(execution.logits)
    }
    let pairs = zip(try logits(fused: true), try logits(fused: false))
    #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(arguments: [6, 16])
  func `a block of convolution, norm and relu is kept as one tensor, not two`(_ size: Int) throws {
    func bytes(_ blocks: Int) throws -> Int {
      try plan((size, size, 8), batch: 8) { graph, x in
        try (0..<blocks).reduce(x) { node, block in
          let conv = try graph.apply(convolution(8, "c\(block)"), [node])
          return try graph.apply(ReLU(), [graph.apply(BatchNorm(key: "b\(block)"), [conv])])
        }
      }.arenaBytes
    }
    let tensor = 4 * 8 * 8 * size * size
    let parameters = 3 * 4 * (9 * 8 * 8 + 2 * 16) + 4 * 2 * 16 + 4 * 7 * 16
    let growth = try bytes(24) - bytes(16)
    #expect(growth >= 8 * tensor)
    // Some more are kept where the forward pass turns into the backward pass.
    #expect(growth <= 8 * parameters + 12 * tensor)
  }

  @Test func `what recomputes trains as what keeps`() throws {
    func losses(_ blocks: Int, _ kernels: KernelSet) throws -> [Double] {
      var graph = Graph()
      var node = graph.input(Shape(height: 7, width: 13, channels: 3))
      var sum = node
      for block in 0..<blocks {
        let conv = try graph.apply(convolution(6, "c\(block)"), [node])
        let norm = try graph.apply(BatchNorm(key: "b\(block)"), [conv])
        sum = block == 0 ? norm : try graph.apply(Add(), [sum, norm])
        node = try graph.apply(ReLU(), [sum])
      }
      let features = try graph.apply(GlobalAveragePool(), [node])
      let logits = try graph.apply(Linear(units: 3, key: "head"), [features])
      let execution = try Execution(
        Plan(
          graph, logits: logits, batch: 4,
          optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 0), kernels: kernels))
      execution.initialise(seed: 3)
      Golden.fill(execution, seed: 4)
      return (0..<6).map { execution.train(learningRate: 0.05, step: $0, seed: 0).loss }
    }
    // The twins in double precision are what gradients are tested on.
    for (mine, other) in zip(try losses(9, .fast(.best)), try losses(9, .referenceDouble)) {
      #expect(abs(mine - other) < 1e-4)
    }
  }
}
