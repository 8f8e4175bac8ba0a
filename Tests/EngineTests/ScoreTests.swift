import Engine
import Foundation
import Testing

/// A forward pass by the statistics of the batch.
@Suite struct ScoreTests {
  /// What may be chosen before a score.
  private static let settings: [[String: Choice]] = [
    [:], ["alpha": .branch(3)], ["alpha": .branch(0)],
    ["alpha": .weights([0, 0.25, 0.25, 0, 0.5])],
  ]

  @Test(arguments: 0..<settings.count)
  func `a score is the loss that the next step starts from`(_ number: Int) throws {
    for kernels in KernelSet.singlePrecision + [.referenceDouble] {
      let execution = try Supernet.execution(kernels: kernels)
      try execution.choose(ScoreTests.settings[number])
      for step in 0..<3 {
        let score = execution.score(rows: 6)
        let logits = execution.read(.logits)
        #expect(score == execution.train(learningRate: 0.05, step: step, seed: 0))
        #expect(logits == execution.read(.logits))
      }
    }
  }

  @Test func `random networks are scored as they are trained`() throws {
    for seed in UInt64(1)...40 {
      let execution = try RandomNetwork.subject(seed: seed).execution(.fast(.best))
      let other = try RandomNetwork.subject(seed: seed).execution(.fast(.best))
      for step in 0..<2 {
        let before = execution.snapshot()
        let score = execution.score(rows: 2)
        #expect(score.lossSum.isFinite, "seed \(seed)")
        #expect(execution.snapshot() == before, "seed \(seed)")
        let step = (
          execution.train(learningRate: 0.01, step: step, seed: 1),
          other.train(learningRate: 0.01, step: step, seed: 1)
        )
        #expect(step.0 == step.1, "seed \(seed)")
      }
    }
  }

  @Test(arguments: [1, 2])
  func `a score changes nothing`(_ threads: Int) throws {
    let (plain, scored) = (
      try Self.wide(threads: threads, drops: true), try Self.wide(threads: threads, drops: true)
    )
    #expect(scored.plan.threads == threads)
    for step in 0..<3 {
      for execution in [plain, scored] {
        _ = execution.train(learningRate: 0.02, step: step, seed: 4, progress: 0.7)
      }
      let state = scored.snapshot()
      let gradients = scored.plan.learnedKeys.map { scored.read(.gradient($0)) }
      let mixing = scored.read(.mixingGradient("alpha"))
      _ = scored.score(rows: 5)
      #expect(scored.snapshot() == state)
      #expect(scored.plan.learnedKeys.map { scored.read(.gradient($0)) } == gradients)
      #expect(scored.read(.mixingGradient("alpha")) == mixing)
    }
    #expect(plain.snapshot() == scored.snapshot())
  }

  @Test(arguments: [1, 2])
  func `nothing is dropped in a score`(_ threads: Int) throws {
    let (drops, keeps) = (
      try Self.wide(threads: threads, drops: true), try Self.wide(threads: threads, drops: false)
    )
    for execution in [drops, keeps] { execution.initialise(seed: 8) }
    let score = drops.score(rows: 8)
    #expect(abs(score.loss - keeps.score(rows: 8).loss) < 1e-6)
    let trained = drops.train(learningRate: 0, step: 0, seed: 4, progress: 1)
    #expect(abs(score.loss - trained.loss) > 1e-4)
    #expect(drops.score(rows: 8) == score)
  }

  @Test func `rows beyond those asked for enter the statistics alone`() throws {
    let execution = try Supernet.execution(kernels: .referenceDouble)
    let whole = execution.score(rows: 6)
    let logits = execution.read(.logits)
    let part = execution.score(rows: 2)
    #expect(execution.read(.logits) == logits)
    #expect(part.rows == 2)
    var expected = 0.0
    for row in 0..<2 {
      let values = logits[3 * row..<3 * row + 3]
      let total = values.reduce(0) { $0 + exp($1) }
      expected += log(total) - values[3 * row + Int(execution.labels[row])]
    }
    #expect(abs(part.lossSum - expected) < 1e-9)
    #expect(whole.lossSum > part.lossSum)
  }

  @Test func `a score on several threads is that on one, but for rounding`() throws {
    let (one, two) = (
      try Self.wide(threads: 1, drops: true), try Self.wide(threads: 2, drops: true)
    )
    for choice in [Choice.mixture, .branch(1), .weights([0.5, 0, 0.5])] {
      for execution in [one, two] { try execution.choose(choice, for: "alpha") }
      #expect(abs(one.score(rows: 7).loss - two.score(rows: 7).loss) < 1e-5)
    }
  }

  /// A network large enough for two threads.
  private static func wide(threads: Int, drops: Bool) throws -> Execution {
    var graph = Graph()
    let input = graph.input(Shape(height: 16, width: 16, channels: 3))
    var node = try graph.apply(
      Conv2D(filters: 32, kernel: (3, 3), padding: (1, 1), key: "stem"), [input])
    node = try graph.apply(BatchNorm(key: "norm"), [node])
    let active = try graph.apply(ReLU(), [node])
    let conv = try graph.apply(
      Conv2D(filters: 32, kernel: (3, 3), padding: (1, 1), key: "c"), [active])
    let pooled = try graph.apply(MaxPool(kernel: 3, stride: 1, padding: 1), [node])
    node = try graph.apply(
      Mixture(branches: 3, key: "alpha"),
      [
        graph.apply(BatchNorm(affine: false, key: "n"), [conv]),
        graph.apply(BatchNorm(affine: false, key: "p"), [pooled]), node,
      ])
    if drops { node = try graph.apply(DropPath(rate: 0.5), [node]) }
    var features = try graph.apply(GlobalAveragePool(), [node])
    if drops { features = try graph.apply(Dropout(rate: 0.5), [features]) }
    let logits = try graph.apply(Linear(units: 4, key: "head"), [features])
    let execution = try Execution(
      Plan(
        graph, logits: logits, batch: 8,
        optimizer: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0), gradientClip: 1,
        threads: threads))
    execution.initialise(seed: 1)
    Golden.fill(execution, seed: 5)
    return execution
  }
}
