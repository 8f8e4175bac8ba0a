import Engine

/// Three choices: `outer` has branches that hold the choice `inner`, in two places; of `sparse` all
/// branches but the last are zero.
enum NestedSupernet {
  static let branches = ["outer": 5, "inner": 3, "sparse": 3]

  private static func conv(
    _ graph: inout Graph, _ from: Graph.Node, _ key: String
  ) throws -> Graph.Node {
    let active = try graph.apply(ReLU(), [from])
    let conv = try graph.apply(
      Conv2D(filters: 4, kernel: (3, 3), padding: (1, 1), key: key + ".c"), [active])
    return try graph.apply(BatchNorm(affine: false, key: key + ".n"), [conv])
  }

  private static func inner(
    _ graph: inout Graph, _ from: Graph.Node, _ key: String
  ) throws -> Graph.Node {
    let pooled = try graph.apply(AveragePool(kernel: 3, stride: 1, padding: 1), [from])
    return try graph.apply(
      Mixture(branches: 3, key: "inner"), [from, conv(&graph, from, key), pooled])
  }

  static func build(_ graph: inout Graph, _ input: Graph.Node) throws -> Graph.Node {
    let stem = try graph.apply(
      Conv2D(filters: 4, kernel: (3, 3), padding: (1, 1), key: "stem"), [input])
    let outer = try graph.apply(
      Mixture(branches: 5, key: "outer"),
      [
        graph.apply(Zero(), [stem]), conv(&graph, stem, "outer.1"), inner(&graph, stem, "outer.2"),
        graph.apply(
          Add(), [inner(&graph, stem, "outer.3"), conv(&graph, stem, "outer.3.more")]),
        graph.apply(Identity(), [stem]),
      ])
    let zero = try graph.apply(Zero(), [outer])
    let sparse = try graph.apply(
      Mixture(branches: 3, key: "sparse"), [zero, zero, conv(&graph, outer, "sparse.2")])
    return try graph.apply(GlobalAveragePool(), [sparse])
  }

  static func execution(
    kernels: KernelSet = .fast(.best), threads: Int = 1, batch: Int = 5,
    optimizer: OptimizerRule = .sgd(momentum: 0.9, nesterov: false, weightDecay: 1e-3)
  ) throws -> Execution {
    var graph = Graph()
    let input = graph.input(Shape(height: 5, width: 13, channels: 2))
    let features = try build(&graph, input)
    let logits = try graph.apply(Linear(units: 3, key: "head"), [features])
    let plan = try Plan(
      graph, logits: logits, batch: batch, optimizer: optimizer, gradientClip: 0.1,
      kernels: kernels, threads: threads)
    let execution = try Execution(plan)
    execution.initialise(seed: 3)
    Golden.fill(execution, seed: 5)
    return execution
  }
}
