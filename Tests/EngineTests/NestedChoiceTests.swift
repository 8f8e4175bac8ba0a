import Engine
import Testing

/// Choices inside the branches of others, and choices that are mostly zero.
@Suite struct NestedChoiceTests {
  /// What the choices are set to; every branch takes part somewhere, and some do not.
  private static let settings: [[String: Choice]] = [
    [
      "outer": .weights([0.1, 0.2, 0.3, 0.4, 0.5]), "inner": .weights([0.5, 0.3, 0.7]),
      "sparse": .weights([0.2, 0.3, 0.9]),
    ],
    [
      "outer": .weights([0, 0, 1, 0, 0]), "inner": .weights([0, 1, 0]),
      "sparse": .weights([0, 0, 1]),
    ],
    [
      "outer": .weights([0, 0.4, 0, -0.6, 0]), "inner": .weights([0.5, 0, 2]),
      "sparse": .weights([0, 1, 0.5]),
    ],
    ["outer": .branch(3), "inner": .weights([0.5, 0.3, 0.7]), "sparse": .branch(2)],
    ["outer": .branch(4), "inner": .branch(1), "sparse": .branch(2)],
  ]

  @Test(arguments: 0..<settings.count)
  func `the gradient of mixing weights is the loss's by the weights given`(_ number: Int) throws {
    let execution = try NestedSupernet.execution(kernels: .referenceDouble)
    let choices = NestedChoiceTests.settings[number]
    try execution.choose(choices)
    func loss() -> Double { execution.train(learningRate: 0, step: 0, seed: 0).loss }
    for key in choices.keys.sorted() {
      _ = loss()
      let computed = execution.read(.mixingGradient(key))
      let origin = execution.read(.mixing(key))
      for branch in origin.indices {
        // A branch that is left out must stay so: of it nothing is computed.
        guard origin[branch] != 0 else {
          #expect(computed[branch] == 0)
          continue
        }
        let step = 1e-5
        var moved = origin
        moved[branch] = origin[branch] + step
        execution.write(moved, to: .mixing(key))
        let above = loss()
        moved[branch] = origin[branch] - step
        execution.write(moved, to: .mixing(key))
        let below = loss()
        execution.write(origin, to: .mixing(key))
        let expected = (above - below) / (2 * step)
        #expect(
          abs(computed[branch] - expected) <= 1e-8 + 1e-6 * abs(expected),
          "\(key)[\(branch)] is \(computed[branch]); differences say \(expected)")
      }
    }
    let gradients = choices.keys.sorted().flatMap { execution.read(.mixingGradient($0)) }
    #expect(gradients.contains { abs($0) > 1e-4 })
  }

  @Test(arguments: 0..<settings.count)
  func `parameters inside nested choices have the gradients of differences`(_ number: Int) throws {
    let execution = try NestedSupernet.execution(kernels: .referenceDouble)
    try execution.choose(NestedChoiceTests.settings[number])
    func loss() -> Double {
      execution.train(learningRate: 0, step: 0, seed: 0, updating: []).loss
    }
    for key in execution.plan.learnedKeys where !execution.plan.architectureKeys.contains(key) {
      _ = loss()
      let (computed, origin) = (
        execution.read(.gradient(key)), execution.read(.parameter(key))
      )
      for index in stride(from: 0, to: origin.count, by: max(1, origin.count / 5)) {
        let step = 1e-5
        var moved = origin
        moved[index] = origin[index] + step
        execution.write(moved, to: .parameter(key))
        let above = loss()
        moved[index] = origin[index] - step
        execution.write(moved, to: .parameter(key))
        let below = loss()
        let expected = (above - below) / (2 * step)
        #expect(
          abs(computed[index] - expected) <= 1e-8 + 1e-6 * abs(expected),
          "\(key)[\(index)] is \(computed[index]); differences say \(expected)")
      }
      execution.write(origin, to: .parameter(key))
    }
  }

  @Test(arguments: 0..<settings.count)
  func `fast kernels mix nested choices as the reference does`(_ number: Int) throws {
    let reference = try NestedSupernet.execution(kernels: .referenceDouble)
    let subjects = try KernelSet.singlePrecision.map { try NestedSupernet.execution(kernels: $0) }
    for execution in [reference] + subjects {
      // A way through other choices first: what it leaves behind must not be seen.
      _ = execution.train(learningRate: 0, step: 0, seed: 0)
      try execution.choose(NestedChoiceTests.settings[number])
    }
    let expected = reference.train(learningRate: 0, step: 0, seed: 0).loss
    for execution in subjects {
      #expect(abs(execution.train(learningRate: 0, step: 0, seed: 0).loss - expected) < 1e-5)
      for key in execution.plan.architectureKeys {
        let pairs = zip(
          execution.read(.mixingGradient(key)), reference.read(.mixingGradient(key)))
        #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 }, "\(key)")
      }
      for key in execution.plan.learnedKeys where !execution.plan.architectureKeys.contains(key) {
        let pairs = zip(execution.read(.gradient(key)), reference.read(.gradient(key)))
        #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 }, "\(key)")
      }
    }
  }

  @Test(arguments: [Choice.branch(0), .branch(1), .weights([1, 0, 0])])
  func `a zero that is chosen is exactly zero, and gradients stay finite`(
    _ zero: Choice
  ) throws {
    for kernels in KernelSet.singlePrecision + [.referenceDouble] {
      let execution = try NestedSupernet.execution(kernels: kernels)
      _ = execution.train(learningRate: 0.1, step: 0, seed: 0)
      try execution.choose(["sparse": zero])
      let bias = execution.read(.parameter("head.bias"))
      let loss = execution.train(learningRate: 0, step: 1, seed: 0).loss
      #expect(loss.isFinite)
      #expect(execution.read(.logits) == (0..<5).flatMap { _ in bias })
      _ = execution.score(rows: 5)
      #expect(execution.read(.logits) == (0..<5).flatMap { _ in bias })
      _ = execution.evaluate(rows: 5)
      #expect(execution.read(.logits) == (0..<5).flatMap { _ in bias })
      for key in execution.plan.learnedKeys {
        let gradient = execution.read(.gradient(key))
        #expect(gradient.allSatisfy { $0.isFinite }, "\(key)")
        if key.hasPrefix("sparse.2") { #expect(gradient.allSatisfy { $0 == 0 }, "\(key)") }
      }
      for key in execution.plan.architectureKeys {
        #expect(execution.read(.mixingGradient(key)).allSatisfy { $0.isFinite }, "\(key)")
      }
    }
  }
}
