import CAllocations
import Engine
import Testing

@Suite struct AllocationTests {
  @Test func `the counter sees what Swift allocates`() {
    let before = allocations_of_this_thread()
    let values = (0..<64).map { Double($0) }
    #expect(values.count == 64)
    #expect(allocations_of_this_thread() > before)
  }

  @Test(arguments: KernelSet.fastest)
  func `no step after the first allocates on the heap`(_ kernels: KernelSet) throws {
    var graph = Graph()
    let input = graph.input(Shape(height: 8, width: 8, channels: 1))
    let features = try Networks.tinyCNN(&graph, input)
    let logits = try graph.apply(
      Linear(units: 4, key: "last"), [graph.apply(Dropout(rate: 0.2), [features])])
    let execution = try Execution(
      Plan(
        graph, logits: logits, batch: 16,
        optimizer: .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0), gradientClip: 1,
        kernels: kernels))
    execution.initialise(seed: 1)
    Golden.fill(execution, seed: 5)
    var total = execution.train(learningRate: 0.01, step: 0, seed: 9).lossSum
    total += execution.evaluate(rows: 16).lossSum + execution.score(rows: 16).lossSum
    let before = allocations_of_this_thread()
    for step in 1...20 {
      execution.inputs[0] = Float(step)
      total += execution.train(learningRate: 0.01, step: step, seed: 9).lossSum
      total += execution.evaluate(rows: 7).lossSum + execution.score(rows: 7).lossSum
    }
    let after = allocations_of_this_thread()
    #expect(after == before)
    #expect(total.isFinite)
  }

  /// A supernet large enough for two threads.
  private static func supernet(threads: Int) throws -> Execution {
    var graph = Graph()
    let input = graph.input(Shape(height: 16, width: 16, channels: 3))
    var node = try graph.apply(
      Conv2D(filters: 24, kernel: (3, 3), padding: (1, 1), key: "stem"), [input])
    for cell in 0..<2 {
      let active = try graph.apply(ReLU(), [node])
      let conv = try graph.apply(
        Conv2D(filters: 24, kernel: (3, 3), padding: (1, 1), key: "c\(cell)"), [active])
      let pooled = try graph.apply(MaxPool(kernel: 3, stride: 1, padding: 1), [node])
      let branches = [
        try graph.apply(BatchNorm(affine: false, key: "n\(cell)"), [conv]),
        try graph.apply(BatchNorm(affine: false, key: "p\(cell)"), [pooled]), node,
      ]
      node = try graph.apply(Mixture(branches: branches.count, key: "alpha\(cell)"), branches)
    }
    let logits = try graph.apply(
      Linear(units: 4, key: "head"), [graph.apply(GlobalAveragePool(), [node])])
    let execution = try Execution(
      Plan(
        graph, logits: logits, batch: 16,
        optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 0), gradientClip: 1,
        threads: threads))
    execution.initialise(seed: 1)
    Golden.fill(execution, seed: 5)
    return execution
  }

  /// Allocations of 20 steps, by whatever thread.
  private static func allocations(_ execution: Execution) -> Int64 {
    var total = execution.train(learningRate: 0.01, step: 0, seed: 9).lossSum
    let before = allocations_of_all_threads()
    for step in 1...20 {
      total += execution.train(learningRate: 0.01, step: step, seed: 9).lossSum
      total += execution.evaluate(rows: 7).lossSum
    }
    let after = allocations_of_all_threads()
    return total.isFinite ? after - before : -1
  }

  /// In a process of its own: other tests allocate all the time.
  @Test func `no thread of a supernet allocates in a step, whatever the path`() async {
    await #expect(processExitsWith: .success) {
      let execution = try AllocationTests.supernet(threads: 2)
      #expect(execution.plan.threads == 2)
      let before = allocations_of_all_threads()
      #expect(Array(repeating: 1.5, count: 99).count == 99)
      #expect(allocations_of_all_threads() > before)
      #expect(AllocationTests.allocations(execution) == 0)
      try execution.choose(.branch(1), for: "alpha0")
      try execution.choose(.weights([0.5, 0, 0.5]), for: "alpha1")
      #expect(AllocationTests.allocations(execution) == 0)
    }
  }
}
