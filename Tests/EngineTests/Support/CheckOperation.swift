import Engine
import Testing

/// A network to check: built on an input of `shape`, ending anywhere.
struct CheckOperation: CustomTestStringConvertible {
  let name: String
  let shape: Shape
  let batch: Int
  let build: @Sendable (inout Graph, Graph.Node) throws -> Graph.Node

  init(
    _ name: String, _ shape: (Int, Int, Int), batch: Int = 3,
    build: @escaping @Sendable (inout Graph, Graph.Node) throws -> Graph.Node
  ) {
    self.name = name
    self.shape = Shape(height: shape.0, width: shape.1, channels: shape.2)
    self.batch = batch
    self.build = build
  }

  var testDescription: String { name }

  /// A plan of the network with a linear head of 3 classes, started from a fixed formula.
  func execution(
    _ kernels: KernelSet,
    optimizer: OptimizerRule = .sgd(momentum: 0, nesterov: false, weightDecay: 0)
  ) throws -> Execution {
    var graph = Graph()
    let input = graph.input(shape)
    let output = try build(&graph, input)
    let logits = try graph.apply(Linear(units: 3, key: "head"), [output])
    let plan = try Plan(
      graph, logits: logits, batch: batch, optimizer: optimizer, kernels: kernels,
      inputGradient: true)
    let execution = try Execution(plan)
    var random = SplitMix(7)
    for key in plan.learnedKeys {
      let count = execution.read(.parameter(key)).count
      let isScale = key.hasSuffix(".weight") && plan.shape(ofParameter: key)?.count == 1
      execution.write(
        random.values(count, scale: 0.5).map { isScale ? $0 + 1 : $0 }, to: .parameter(key))
    }
    for key in plan.keys where key.hasSuffix(".running_var") {
      let count = execution.read(.parameter(key)).count
      execution.write(Array(repeating: 1, count: count), to: .parameter(key))
    }
    execution.write(random.values(batch * shape.count), to: .inputs)
    for (row, label) in random.labels(batch, classes: 3).enumerated() {
      execution.labels[row] = label
    }
    return execution
  }

  /// Compares every gradient with central differences, in double precision.
  func checkGradients(samples: Int = 60) throws {
    let execution = try execution(.referenceDouble)
    func loss() -> Double {
      execution.train(learningRate: 0, step: 3, seed: 11, progress: 0.9).loss
    }
    let start = loss()
    #expect(start.isFinite && start > 0)
    let stretches =
      [(Execution.Stretch.inputs, Execution.Stretch.inputGradient)]
      + execution.plan.learnedKeys.map { (.parameter($0), .gradient($0)) }
    for (values, gradients) in stretches {
      _ = loss()
      let computed = execution.read(gradients)
      let origin = execution.read(values)
      #expect(computed.count == origin.count)
      for index in sample(origin.count, atMost: samples) {
        let step = 1e-5
        var moved = origin
        moved[index] = origin[index] + step
        execution.write(moved, to: values)
        let above = loss()
        moved[index] = origin[index] - step
        execution.write(moved, to: values)
        let below = loss()
        let expected = (above - below) / (2 * step)
        #expect(
          abs(computed[index] - expected) <= 1e-8 + 1e-6 * abs(expected),
          "\(name): \(values)[\(index)] is \(computed[index]); differences say \(expected)")
      }
      execution.write(origin, to: values)
    }
  }

  /// All positions of a small tensor, and some of a large one.
  private func sample(_ count: Int, atMost limit: Int) -> [Int] {
    count <= limit ? Array(0..<count) : (0..<limit).map { ($0 * 104_729 + 13) % count }
  }
}
