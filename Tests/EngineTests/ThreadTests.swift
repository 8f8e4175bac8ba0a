import Engine
import Testing

/// One network on several threads: each takes a part of the images.
@Suite struct ThreadTests {
  private func execution(
    threads: Int, batch: Int = 7, kernels: KernelSet = .fast(.best)
  ) throws -> Execution {
    var graph = Graph()
    var node = graph.input(Shape(height: 16, width: 16, channels: 3))
    for (index, filters) in [24, 24, 48].enumerated() {
      let stride = index == 2 ? 2 : 1
      let conv = try graph.apply(
        Conv2D(
          filters: filters, kernel: (3, 3), stride: (stride, stride), padding: (1, 1), bias: true,
          key: "c\(index)"), [node])
      node = try graph.apply(ReLU(), [graph.apply(BatchNorm(key: "b\(index)"), [conv])])
    }
    let plain = try graph.apply(BatchNorm(affine: false, key: "p"), [node])
    let pooled = try graph.apply(MaxPool(kernel: 3, stride: 1, padding: 1), [node])
    let norm = try graph.apply(BatchNorm(affine: false, key: "q"), [pooled])
    node = try graph.apply(
      Mixture(branches: 4, key: "alpha"), [plain, norm, node, graph.apply(Zero(), [node])])
    // Twice the same layer: its gradient has two parts.
    let layer = Conv2D(filters: 48, kernel: (3, 3), padding: (1, 1), key: "twice")
    node = try graph.apply(layer, [graph.apply(layer, [node])])
    // Who works on an image must not change whether it is dropped.
    node = try graph.apply(DropPath(rate: 0.3), [node])
    node = try graph.apply(Dropout(rate: 0.3), [graph.apply(GlobalAveragePool(), [node])])
    let logits = try graph.apply(Linear(units: 5, key: "head"), [node])
    let plan = try Plan(
      graph, logits: logits, batch: batch,
      optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 1e-3), gradientClip: 1,
      kernels: kernels, threads: threads)
    #expect(plan.threads == min(threads, batch))
    let execution = try Execution(plan)
    execution.initialise(seed: 1)
    Golden.fill(execution, seed: 2)
    return execution
  }

  @Test(arguments: [2, 3])
  func `several threads train as one does, but for rounding`(_ threads: Int) throws {
    let (one, several) = (try execution(threads: 1), try execution(threads: threads))
    for step in 0..<4 {
      let a = one.train(learningRate: 0.02, step: step, seed: 0, progress: 1)
      let b = several.train(learningRate: 0.02, step: step, seed: 0, progress: 1)
      #expect(abs(a.loss - b.loss) < 2e-5, "step \(step): \(a.loss) and \(b.loss)")
    }
    let (mine, other) = (one.weights(), several.weights())
    for key in mine.keys {
      let pairs = try zip(#require(mine[key]).values, #require(other[key]).values)
      #expect(pairs.allSatisfy { abs($0 - $1) < 2e-4 }, "\(key)")
    }
    let (a, b) = (one.evaluate(rows: 6), several.evaluate(rows: 6))
    #expect(a.correct == b.correct)
    #expect(abs(a.loss - b.loss) < 1e-4)
  }

  @Test func `the same number of threads gives the same bits`() throws {
    let runs = try (0..<6).map { _ in
      let execution = try execution(threads: 2)
      for step in 0..<3 {
        _ = execution.train(learningRate: 0.02, step: step, seed: 0, progress: 1)
      }
      return execution.weights()
    }
    #expect(Set(runs).count == 1)
  }

  @Test func `more threads than images are as many as images`() throws {
    _ = try execution(threads: 9, batch: 4)
  }

  @Test func `paths of a supernet run on several threads`() throws {
    let (one, two) = (try execution(threads: 1), try execution(threads: 2))
    for branch in [1, 0, 3, 2] {
      for execution in [one, two] { try execution.choose(.branch(branch), for: "alpha") }
      let a = one.train(learningRate: 0.02, step: 0, seed: 0).loss
      let b = two.train(learningRate: 0.02, step: 0, seed: 0).loss
      #expect(abs(a - b) < 1e-4, "branch \(branch): \(a) and \(b)")
    }
  }

  @Test func `a small network stays on one thread`() throws {
    var graph = Graph()
    let input = graph.input(Shape(channels: 64))
    let logits = try graph.apply(Linear(units: 10, key: "a"), [input])
    let plan = try Plan(
      graph, logits: logits, batch: 64,
      optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0), threads: 2)
    #expect(plan.threads == 1)
  }
}
