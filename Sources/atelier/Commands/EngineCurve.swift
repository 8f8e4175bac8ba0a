internal import Domain
internal import Engine

/// The losses of 30 steps from a start and a batch that another framework can draw too: how closely
/// the engine follows it.
///
/// The stream is SplitMix64's upper 24 bits as a number in -1..<1. Weights by name: the i-th in sorted
/// order from the stream 1000 + i, architecture parameters zero; the batch from stream 3000, in NHWC
/// order, then the labels.
enum EngineCurve {
  static let steps = 30

  static func run(_ workload: EngineWorkload, isa: InstructionSet, threads: Int) throws -> JSONValue
  {
    var graph = Graph()
    let logits = try workload.build(&graph)
    let plan = try Plan(
      graph, logits: logits, batch: workload.batch,
      optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 5e-4), isa: isa,
      threads: threads)
    let execution = try Execution(plan)
    execution.initialise(seed: 0)
    let architecture = Set(plan.architectureKeys)
    for (index, key) in plan.learnedKeys.filter({ !architecture.contains($0) }).sorted()
      .enumerated()
    {
      var stream = Stream(state: UInt64(1000 + index))
      let shape = plan.shape(ofParameter: key) ?? []
      let count = shape.reduce(1, *)
      let scale = shape.count == 1 ? 0.25 : 1 / Double(count / shape[0]).squareRoot()
      let shift: Float = shape.count == 1 ? 1 : 0
      let values = (0..<count).map { _ in Float(stream.value() * scale) + shift }
      try execution.load(Weights([key: Tensor(shape: shape, values: values)]), partial: true)
    }
    var stream = Stream(state: 3000)
    for index in execution.inputs.indices { execution.inputs[index] = Float(stream.value()) }
    for row in execution.labels.indices {
      execution.labels[row] = Int32(stream.next() % UInt64(plan.classes))
    }
    let losses = (0..<steps).map { step in
      JSONValue.number(execution.train(learningRate: 0.01, step: step, seed: 0).loss)
    }
    return [
      "name": .string(workload.name), "mode": .string(isa.rawValue),
      "threads": .number(Double(plan.threads)), "losses": .array(losses),
      "engine": .string(EngineVersion.current),
    ]
  }

  /// - Source: Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators".
  private struct Stream {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }

    mutating func value() -> Double { Double(next() >> 40) * 0x1p-23 - 1 }
  }
}
