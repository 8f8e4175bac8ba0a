import Engine
import Testing

@Suite struct PlanTests {
  private static let sgd = OptimizerRule.sgd(momentum: 0.9, nesterov: true, weightDecay: 5e-4)

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func `an operation that does not fit names the value and what would be right`() {
    var graph = Graph()
    let x = graph.input(Shape(height: 4, width: 4, channels: 6))
    let huge = graph.input(Shape(height: 1 << 20, width: 1 << 20, channels: 1 << 40))
    let conv = { (groups: Int, kernel: Int) in
      Conv2D(filters: 8, kernel: (kernel, kernel), groups: groups, key: "a")
    }
    #expect(
      message { _ = try graph.apply(conv(4, 3), [x]) }.contains("groups is 4; it must divide"))
    #expect(
      message { _ = try graph.apply(conv(1, 5), [x]) }.contains("input height is 4; it must be"))
    #expect(message { _ = try graph.apply(ReLU(), [x, x]) }.contains("has 2 inputs"))
    #expect(message { _ = try graph.apply(Add(), []) }.contains("has 0 inputs"))
    #expect(message { _ = try graph.apply(ReLU(), [huge]) }.contains("at most 2^30"))
    #expect(message { _ = try graph.apply(Dropout(rate: 1), [x]) }.contains("rate is 1.0"))
    #expect(
      message { _ = try graph.apply(MaxPool(kernel: 2, stride: 0), [x]) }.contains("stride"))
    #expect(
      message { _ = try graph.apply(SpatialPad(height: 3, width: 9), [x]) }.contains("3×9"))
    #expect(message { _ = try graph.apply(Linear(units: 0, key: "l"), [x]) }.contains("units is 0"))
  }

  @Test func `a graph that is no classifier is refused`() throws {
    var graph = Graph()
    let x = graph.input(Shape(height: 4, width: 4, channels: 2))
    let image = try graph.apply(ReLU(), [x])
    let logits = try graph.apply(Linear(units: 3, key: "l"), [image])
    #expect(
      message { _ = try Plan(graph, logits: image, batch: 2, optimizer: Self.sgd) }
        .contains("logits have shape 4×4×2"))
    #expect(
      message { _ = try Plan(graph, logits: logits, batch: 0, optimizer: Self.sgd) }
        .contains("batch is 0"))
    _ = graph.input(Shape(channels: 1))
    #expect(
      message { _ = try Plan(graph, logits: logits, batch: 2, optimizer: Self.sgd) }
        .contains("2 inputs"))
  }

  @Test func `two layers that share a key must share its shape`() throws {
    var graph = Graph()
    let x = graph.input(Shape(channels: 4))
    let a = try graph.apply(Linear(units: 4, key: "l"), [x])
    let b = try graph.apply(Linear(units: 3, key: "l"), [a])
    #expect(
      message { _ = try Plan(graph, logits: b, batch: 2, optimizer: Self.sgd) }
        .contains("key 'l.weight' has shape [3, 4]"))
  }

  @Test func `dead parts keep their parameters and cost no calls`() throws {
    func plan(withDeadPart: Bool) throws -> Plan {
      var graph = Graph()
      let x = graph.input(Shape(height: 4, width: 4, channels: 2))
      var terms = [try graph.apply(Conv2D(filters: 2, kernel: (1, 1), key: "a"), [x])]
      if withDeadPart {
        let dead = try graph.apply(
          Conv2D(filters: 2, kernel: (3, 3), padding: (1, 1), key: "d"), [x])
        terms.append(try graph.apply(Zero(), [dead]))
      }
      let sum = try graph.apply(Identity(), [graph.apply(Add(), terms)])
      let logits = try graph.apply(Linear(units: 3, key: "l"), [sum])
      return try Plan(graph, logits: logits, batch: 2, optimizer: Self.sgd)
    }
    let (lean, whole) = (try plan(withDeadPart: false), try plan(withDeadPart: true))
    #expect(whole.parameterCount == lean.parameterCount + 2 * 2 * 9)
    #expect(whole.keys.contains("d.weight"))
    #expect(whole.callCount == lean.callCount)
  }

  @Test func `fusion leaves an MLP with the fewest calls there can be`() throws {
    var graph = Graph()
    let input = graph.input(Shape(channels: 64))
    let logits = try Networks.mlp(&graph, input)
    let plan = try Plan(graph, logits: logits, batch: 8, optimizer: Self.sgd)
    // Two layers forward, loss, masked gradient of the hidden layer, two of weights, update.
    #expect(plan.callCount.training == 7)
    #expect(plan.callCount.inference == 3)
  }

  @Test func `a network trains the same whatever was planned before it in the process`() throws {
    func losses() throws -> [Double] {
      var graph = Graph()
      let input = graph.input(Shape(height: 8, width: 8, channels: 1))
      let logits = try Networks.tinyCNN(&graph, input)
      let execution = try Execution(
        Plan(graph, logits: logits, batch: 16, optimizer: Self.sgd))
      execution.initialise(seed: 3)
      Golden.fill(execution, seed: 4)
      return (0..<5).map { execution.train(learningRate: 0.05, step: $0, seed: 1).loss }
    }
    let first = try losses()
    #expect(try losses() == first)
    #expect(Set(first).count == 5)
  }

  @Test func `an evaluation changes nothing that training sees`() throws {
    var graph = Graph()
    let input = graph.input(Shape(height: 14, width: 14, channels: 2))
    let a = try graph.apply(Conv2D(filters: 4, kernel: (3, 3), padding: (1, 1), key: "a"), [input])
    let b = try graph.apply(ReLU(), [graph.apply(BatchNorm(key: "b"), [a])])
    let c = try graph.apply(Conv2D(filters: 4, kernel: (3, 3), padding: (1, 1), key: "c"), [b])
    let pooled = try graph.apply(GlobalAveragePool(), [c])
    let logits = try graph.apply(Linear(units: 3, key: "l"), [pooled])
    let plan = try Plan(graph, logits: logits, batch: 4, optimizer: Self.sgd)
    func losses(evaluating: Bool) throws -> [Double] {
      let execution = try Execution(plan)
      execution.initialise(seed: 3)
      Golden.fill(execution, seed: 4)
      return (0..<4).map { step in
        if evaluating { _ = execution.evaluate(rows: 3) }
        return execution.train(learningRate: 0.05, step: step, seed: 1).loss
      }
    }
    #expect(try losses(evaluating: true) == losses(evaluating: false))
  }

  @Test func `an evaluation counts only the rows it is told`() throws {
    var graph = Graph()
    let input = graph.input(Shape(channels: 5))
    let logits = try graph.apply(Linear(units: 3, key: "l"), [input])
    let execution = try Execution(
      Plan(graph, logits: logits, batch: 4, optimizer: Self.sgd))
    execution.initialise(seed: 0)
    Golden.fill(execution, seed: 4)
    let all = execution.evaluate(rows: 4)
    let parts = (0...4).map { execution.evaluate(rows: $0).lossSum }
    #expect(parts[0] == 0)
    #expect(parts[4] == all.lossSum)
    #expect(zip(parts, parts.dropFirst()).allSatisfy { $0 < $1 })
    #expect(execution.logits.count == 12)
  }
}
