import Engine

/// A supernet of two cells that are chosen together, each of every kind of branch.
enum Supernet {
  static let branches = 5

  /// The graph of one branch; `place` is the cell.
  static func branch(
    _ number: Int, _ graph: inout Graph, _ from: Graph.Node, _ place: String
  ) throws -> Graph.Node {
    let key = "\(place).\(number)"
    switch number {
    case 0: return try graph.apply(Zero(), [from])
    case 1: return try graph.apply(Identity(), [from])
    case 2:
      let pooled = try graph.apply(MaxPool(kernel: 3, stride: 1, padding: 1), [from])
      return try graph.apply(BatchNorm(affine: false, key: key), [pooled])
    case 3:
      let active = try graph.apply(ReLU(), [from])
      let conv = try graph.apply(
        Conv2D(filters: 4, kernel: (3, 3), padding: (1, 1), key: key + "c"), [active])
      return try graph.apply(BatchNorm(affine: false, key: key + "n"), [conv])
    default:
      let active = try graph.apply(ReLU(), [from])
      let deep = try graph.apply(
        Conv2D(filters: 4, kernel: (3, 3), groups: 4, padding: (1, 1), key: key + "d"), [active])
      let norm = try graph.apply(BatchNorm(key: key + "n"), [deep])
      return try graph.apply(Add(), [norm, deep])
    }
  }

  /// The network; with `path`, the one branch of it alone.
  static func build(
    _ graph: inout Graph, _ input: Graph.Node, path: Int? = nil
  ) throws -> Graph.Node {
    var node = try graph.apply(
      Conv2D(filters: 4, kernel: (3, 3), padding: (1, 1), key: "stem"), [input])
    for cell in 0..<2 {
      let place = "cell\(cell)"
      if let path {
        let branch = try branch(path, &graph, node, place)
        node = try graph.apply(Add(), [node, branch])
      } else {
        let all = try (0..<branches).map { try branch($0, &graph, node, place) }
        let mixture = try graph.apply(Mixture(branches: branches, key: "alpha"), all)
        node = try graph.apply(Add(), [node, mixture])
      }
    }
    return try graph.apply(GlobalAveragePool(), [node])
  }

  static func execution(
    path: Int? = nil, kernels: KernelSet = .fast(.best), threads: Int = 1, batch: Int = 6
  ) throws -> Execution {
    var graph = Graph()
    let input = graph.input(Shape(height: 6, width: 13, channels: 2))
    let features = try build(&graph, input, path: path)
    let logits = try graph.apply(Linear(units: 3, key: "head"), [features])
    let plan = try Plan(
      graph, logits: logits, batch: batch,
      optimizer: .sgd(momentum: 0.9, nesterov: false, weightDecay: 1e-3), gradientClip: 5,
      kernels: kernels, threads: threads)
    let execution = try Execution(plan)
    execution.initialise(seed: 3)
    Golden.fill(execution, seed: 5)
    return execution
  }
}
