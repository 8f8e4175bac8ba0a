import Engine
import Testing

/// Steps that do not learn: gradients of the sum of the logits, and forward passes.
@Suite struct GoalTests {
  private func execution(_ goal: Plan.Goal, _ kernels: KernelSet) throws -> Execution {
    var graph = Graph()
    let x = graph.input(Shape(height: 4, width: 5, channels: 2))
    let a = try graph.apply(Conv2D(filters: 3, kernel: (3, 3), padding: (1, 1), key: "a"), [x])
    let b = try graph.apply(ReLU(), [graph.apply(BatchNorm(key: "b"), [a])])
    let logits = try graph.apply(
      Linear(units: 4, key: "d"), [graph.apply(GlobalAveragePool(), [b])])
    let plan = try Plan(
      graph, logits: logits, batch: 3,
      optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 1),
      kernels: kernels, inputGradient: goal != .forward, goal: goal)
    let execution = try Execution(plan)
    execution.initialise(seed: 5)
    var random = SplitMix(3)
    execution.write(random.values(3 * 40), to: .inputs)
    return execution
  }

  private func step(_ execution: Execution) {
    _ = execution.train(learningRate: 1, step: 0, seed: 0)
  }

  @Test func `the gradient of the sum of the logits agrees with differences`() throws {
    let execution = try execution(.outputSum, .referenceDouble)
    func sum() -> Double {
      step(execution)
      return execution.read(.logits).reduce(0, +)
    }
    _ = sum()
    for stretch in [Execution.Stretch.parameter("a.weight"), .parameter("d.bias"), .inputs] {
      let gradient: [Double]
      switch stretch {
      case .parameter(let key): gradient = execution.read(.gradient(key))
      default: gradient = execution.read(.inputGradient)
      }
      let values = execution.read(stretch)
      #expect(gradient.count == values.count && gradient.contains { abs($0) > 1e-3 })
      for place in values.indices {
        let sides = [1e-5, -1e-5].map { distance in
          var moved = values
          moved[place] += distance
          execution.write(moved, to: stretch)
          return sum()
        }
        execution.write(values, to: stretch)
        #expect(abs((sides[0] - sides[1]) / 2e-5 - gradient[place]) < 1e-6, "\(stretch) \(place)")
      }
    }
  }

  @Test func `goals other than learning change running statistics alone, and see the same logits`()
    throws
  {
    for kernels in [KernelSet.fast(.best), .reference] {
      let learning = try execution(.learning, kernels)
      let start = learning.weights()
      step(learning)
      for goal in [Plan.Goal.outputSum, .forward] {
        let execution = try execution(goal, kernels)
        step(execution)
        #expect(execution.read(.logits) == learning.read(.logits))
        let weights = execution.weights()
        for key in weights.keys {
          #expect((weights[key] == start[key]) != key.contains("running"), "\(key)")
        }
        #expect(weights["b.running_var"] == learning.weights()["b.running_var"])
      }
    }
  }

  @Test func `a forward pass needs no more memory than one that learns`() throws {
    let kernels = KernelSet.fast(.best)
    #expect(
      try execution(.forward, kernels).plan.arenaBytes
        <= execution(.learning, kernels).plan.arenaBytes)
  }
}
