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
    total += execution.evaluate(rows: 16).lossSum
    let before = allocations_of_this_thread()
    for step in 1...20 {
      execution.inputs[0] = Float(step)
      total += execution.train(learningRate: 0.01, step: step, seed: 9).lossSum
      total += execution.evaluate(rows: 7).lossSum
    }
    let after = allocations_of_this_thread()
    #expect(after == before)
    #expect(total.isFinite)
  }
}
