internal import Architectures
internal import Domain
internal import Engine

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How much the features of a random network change with a small change of a random input.
///
/// Inputs, their change and the weights of all layers are standard normal numbers; no data is looked at.
/// The features are what enters the last global pool; in a network without one, what enters the last
/// linear layer. Batch normalisation keeps signals in bounds but hides how much the layers before it
/// expand them: the deviations that it divides by are added back as logarithms.
/// - Source: Lin et al. 2021, "Zen-NAS: A Zero-Shot NAS for High-Performance Image Recognition",
///   arXiv:2102.01063, algorithm 1.
/// - Departs: two repetitions on a minibatch each, where the publication has 32.
enum ZenScore {
  static let repetitions = 2
  /// Size of the change.
  private static let change: Float = 0.01

  static let entry = Proxy(
    "zen", "Change of the features of random weights with the input; looks at no data.",
    paper: "Lin et al. 2021, arXiv:2102.01063"
  ) { probe in
    try (0..<repetitions).reduce(0) { $0 + (try score(probe, $1)) } / Double(repetitions)
  }

  private static func score(_ probe: ProxyProbe, _ repetition: Int) throws -> Double {
    var (graph, places) = try probe.architecture.places(normalises: true)
    guard let features = places[featuresNode(of: probe.architecture)] else {
      throw SpaceError("the features are not among the live nodes")
    }
    let logits = try graph.apply(Flatten(), [features])
    let execution = try probe.execution(graph, logits, goal: .forward)
    try execution.load(weights(of: execution, probe, repetition), partial: true)
    let count = execution.inputs.count
    let inputs = normal("inputs.\(repetition)", count, probe.seed)
    let changes = normal("changes.\(repetition)", count, probe.seed)
    _ = execution.inputs.update(fromContentsOf: inputs)
    _ = execution.pass()
    let before = Array(execution.logits)
    let scale = deviations(execution, graph)
    _ = execution.inputs.update(
      fromContentsOf: zip(inputs, changes).map { $0 + change * $1 })
    _ = execution.pass()
    let width = execution.plan.classes
    var distance = 0.0
    for row in 0..<probe.batch {
      var square = 0.0
      for place in row * width..<(row + 1) * width {
        let apart = Double(execution.logits[place]) - Double(before[place])
        square += apart * apart
      }
      distance += square.squareRoot()
    }
    return log(distance / Double(probe.batch)) + scale
  }

  /// The node that the classifier reads: on the way back from the output, the input of the first global
  /// pool, else of the first linear layer.
  static func featuresNode(of architecture: Architecture) -> Int {
    var linear: Int?
    var place = architecture.output
    while architecture.nodes[place].inputs.count == 1 {
      let node = architecture.nodes[place]
      let input = node.inputs[0]
      if node.layer == .globalAveragePool { return input }
      if case .linear = node.layer, linear == nil { linear = input }
      place = input
    }
    return linear ?? architecture.output
  }

  /// Standard normal weights; scales 1, everything else 0.
  private static func weights(
    of execution: Execution, _ probe: ProxyProbe, _ repetition: Int
  ) -> Weights {
    var weights = execution.weights()
    for key in weights.keys {
      guard let tensor = weights[key] else { continue }
      let isScale = tensor.shape.count == 1 && key.hasSuffix(".weight")
      weights[key] = Tensor(
        shape: tensor.shape,
        values: tensor.shape.count > 1
          ? normal("\(key).\(repetition)", tensor.values.count, probe.seed)
          : [Float](repeating: isScale ? 1 : 0, count: tensor.values.count))
    }
    return weights
  }

  /// Σ log √(mean over channels of the batch's variance) over all batch normalisations.
  ///
  /// The running variance was 0, so a pass leaves a tenth of the unbiased variance in it.
  private static func deviations(_ execution: Execution, _ graph: Graph) -> Double {
    graph.nodes.reduce(0) { total, node in
      guard let norm = graph.operation(at: node)?.0 as? BatchNorm else { return total }
      let shape = graph.shape(of: node)
      let count = Double(execution.plan.batch * shape.height * shape.width)
      let running = execution.read(.parameter(norm.key + ".running_var"))
      let mean = running.reduce(0, +) / Double(running.count)
      return total + 0.5 * log(mean * 10 * (count - 1) / count)
    }
  }

  private static func normal(_ key: String, _ count: Int, _ seed: UInt64) -> [Float] {
    let start = Engine.Parameter.Start.normal(deviation: 1)
    return start.draw(
      Engine.Parameter(key: key, layout: .vector(count), start: start), seed: seed)
  }
}
