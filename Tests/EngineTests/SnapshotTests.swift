import Engine
import Testing

/// The state of a training as bytes, and as a flat block.
@Suite struct SnapshotTests {
  private static let optimizers: [OptimizerRule] = [
    .sgd(momentum: 0.9, nesterov: true, weightDecay: 1e-3),
    .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-3),
  ]
  /// Paths, one a step.
  private static let paths: [[String: Choice]] = [
    [:], ["outer": .branch(2), "inner": .branch(1)], ["outer": .branch(3)],
    ["inner": .weights([0.5, 0, 0.5])], ["outer": .mixture, "inner": .mixture],
    ["sparse": .branch(0)],
  ]

  private func step(_ execution: Execution, _ number: Int) throws -> StepResult {
    try execution.choose(SnapshotTests.paths[number % SnapshotTests.paths.count])
    return execution.train(learningRate: 0.03, step: number, seed: 2)
  }

  @Test(arguments: optimizers)
  func `a training that is restored goes on as if never stopped`(_ rule: OptimizerRule) throws {
    for kernels in [KernelSet.fast(.best), .referenceDouble] {
      let whole = try NestedSupernet.execution(kernels: kernels, optimizer: rule)
      for number in 0..<6 { _ = try step(whole, number) }
      let bytes = whole.snapshot()
      #expect(bytes == whole.snapshot())
      let fresh = try NestedSupernet.execution(kernels: kernels, optimizer: rule)
      #expect(fresh.snapshot() != bytes)
      try fresh.restore(bytes)
      try fresh.choose(["sparse": .branch(0)])
      #expect(fresh.snapshot() == bytes)
      for number in 6..<13 { #expect(try step(fresh, number) == step(whole, number)) }
      #expect(fresh.snapshot() == whole.snapshot())
      #expect(fresh.evaluate(rows: 5) == whole.evaluate(rows: 5))
    }
  }

  @Test func `a snapshot of another plan is refused by size, or by its parameters' names`() throws {
    let subject = try NestedSupernet.execution()
    let before = subject.snapshot()
    let other = try Supernet.execution().snapshot()
    #expect(
      throws: WeightsError(
        "the snapshot says \(other.count - 24) bytes of state and has \(other.count - 24); this plan "
          + "has \(before.count - 24)")
    ) { try subject.restore(other) }
    #expect(throws: WeightsError.self) { try subject.restore([]) }
    #expect(throws: WeightsError.self) { try subject.restore(Array(before.dropLast())) }
    #expect(throws: WeightsError.self) { try subject.restore([0] + before.dropFirst()) }
    #expect(subject.snapshot() == before)

    func named(_ key: String) throws -> Execution {
      var graph = Graph()
      let input = graph.input(Shape(channels: 4))
      let logits = try graph.apply(Linear(units: 3, key: key), [input])
      return try Execution(
        Plan(
          graph, logits: logits, batch: 2,
          optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 0)))
    }
    let (a, b) = (try named("a"), try named("b"))
    #expect(a.snapshot().count == b.snapshot().count)
    #expect(throws: WeightsError.self) { try a.restore(b.snapshot()) }
  }

  @Test func `the block holds the weights and nothing of the architecture`() throws {
    let execution = try NestedSupernet.execution()
    _ = execution.train(learningRate: 0.1, step: 0, seed: 0)
    _ = execution.train(learningRate: 0.1, step: 1, seed: 0, updating: [])
    let keys = execution.plan.learnedKeys.filter {
      !execution.plan.architectureKeys.contains($0)
    }
    func sum(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
    let (values, gradients) = (
      keys.reduce(0) { $0 + sum(execution.read(.parameter($1))) },
      keys.reduce(0) { $0 + sum(execution.read(.gradient($1))) }
    )
    let block = execution.withWeights { values, gradients, momentum in
      (
        sum(values.map { Double($0) }), sum(gradients.map { Double($0) }),
        sum(momentum.map { Double($0) })
      )
    }
    #expect(abs(block.0 - values) < 1e-9 * values)
    #expect(abs(block.1 - gradients) < 1e-9 * gradients)
    #expect(block.2 > 0)
    let architecture = execution.read(.parameter("outer"))
    execution.withWeights { values, _, _ in values.update(repeating: 0) }
    #expect(keys.allSatisfy { execution.read(.parameter($0)).allSatisfy { $0 == 0 } })
    #expect(execution.read(.parameter("outer")) == architecture)
    let double = try NestedSupernet.execution(kernels: .referenceDouble)
    #expect(double.withWeights { $0.isEmpty && $1.isEmpty && $2.isEmpty })
  }

  @Test func `a finite difference along the gradient is its square, before any clipping`() throws {
    let execution = try NestedSupernet.execution()
    try execution.choose(["outer": .branch(3), "inner": .branch(1)])
    func loss() -> Double {
      execution.train(learningRate: 0.1, step: 0, seed: 0, updating: []).loss
    }
    _ = loss()
    let (origin, gradients) = execution.withWeights { values, gradients, _ in
      (Array(values), Array(gradients))
    }
    let square = gradients.reduce(0.0) { $0 + Double($1) * Double($1) }
    // Far above the limit of the clipping.
    #expect(square > 0.01)
    let length = Float(0.01 / square.squareRoot())
    func move(_ sign: Float) -> Double {
      execution.withWeights { values, _, _ in
        for index in values.indices {
          values[index] = origin[index] + sign * length * gradients[index]
        }
      }
      return loss()
    }
    let slope = (move(1) - move(-1)) / Double(2 * length)
    #expect(abs(slope - square) < 0.02 * square, "\(slope) and \(square)")
  }

  @Test(arguments: [1, 2])
  func `gradients of what took no part are zero, whatever was before`(_ threads: Int) throws {
    let execution = try Supernet.execution(
      kernels: .fast(.best), threads: threads, batch: threads == 1 ? 6 : 400)
    #expect(execution.plan.threads == threads)
    let alone = try Supernet.execution(
      kernels: .fast(.best), threads: threads, batch: threads == 1 ? 6 : 400)
    _ = execution.train(learningRate: 0, step: 0, seed: 0)
    for branch in [3, 4, 0, 3] {
      for subject in [execution, alone] { try subject.choose(.branch(branch), for: "alpha") }
      _ = execution.train(learningRate: 0, step: 0, seed: 0, updating: [])
      _ = alone.train(learningRate: 0, step: 0, seed: 0, updating: [])
      // What is chosen later does not matter.
      try execution.choose(.mixture, for: "alpha")
      let gradients = execution.withWeights { _, gradients, _ in Array(gradients) }
      #expect(gradients == alone.withWeights { _, theirs, _ in Array(theirs) })
      for key in execution.plan.learnedKeys where key.hasPrefix("cell") {
        let isChosen = key.dropFirst(6).hasPrefix("\(branch)")
        #expect(execution.read(.gradient(key)).contains { $0 != 0 } == isChosen, "\(key)")
        #expect(execution.tensor(.gradient(key))?.values.contains { $0 != 0 } == isChosen)
      }
    }
  }
}
