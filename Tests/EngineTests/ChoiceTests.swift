import Engine
import Testing

/// A supernet of two cells that are chosen together, each of every kind of branch.
private enum Supernet {
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

@Suite struct ChoiceTests {
  @Test(arguments: 0..<Supernet.branches)
  func `a path of a supernet trains as the network it stands for`(_ path: Int) throws {
    let whole = try Supernet.execution()
    let alone = try Supernet.execution(path: path)
    try whole.choose(.branch(path), for: "alpha")
    for step in 0..<4 {
      let ours = whole.train(learningRate: 0.05, step: step, seed: 0).loss
      let theirs = alone.train(learningRate: 0.05, step: step, seed: 0).loss
      #expect(abs(ours - theirs) < 2e-5, "step \(step): \(ours) and \(theirs)")
    }
    let (mine, other) = (whole.weights(), alone.weights())
    for key in other.keys {
      let pairs = try zip(#require(mine[key]).values, #require(other[key]).values)
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 }, "\(key)")
    }
    #expect(abs(whole.evaluate(rows: 6).loss - alone.evaluate(rows: 6).loss) < 1e-4)
  }

  @Test func `what is not chosen does not change`() throws {
    let execution = try Supernet.execution()
    let before = execution.weights()
    try execution.choose(.branch(3), for: "alpha")
    _ = execution.train(learningRate: 0.1, step: 0, seed: 0)
    let after = execution.weights()
    for key in before.keys {
      let isChosen = key.contains(".3") || !key.contains("cell")
      let changed = before[key] != after[key]
      #expect(changed == (isChosen && key != "alpha"), "\(key)")
    }
  }

  @Test func `switching to and fro leaves no trace`() throws {
    let (still, moved) = (try Supernet.execution(), try Supernet.execution())
    for path in [4, 1, 0] { try moved.choose(.branch(path), for: "alpha") }
    try moved.choose(.mixture, for: "alpha")
    for step in 0..<3 {
      let a = still.train(learningRate: 0.05, step: step, seed: 0)
      let b = moved.train(learningRate: 0.05, step: step, seed: 0)
      #expect(a == b)
    }
    #expect(still.weights() == moved.weights())
  }

  @Test func `equal weights given are the mixture it starts as`() throws {
    let (mixed, given) = (try Supernet.execution(), try Supernet.execution())
    let share = 1 / Float(Supernet.branches)
    try given.choose(
      .weights(Array(repeating: share, count: Supernet.branches)), for: "alpha")
    let a = mixed.train(learningRate: 0, step: 0, seed: 0).loss
    let b = given.train(learningRate: 0, step: 0, seed: 0).loss
    #expect(abs(a - b) < 1e-6)
    let gradients = zip(
      mixed.read(.mixingGradient("alpha")), given.read(.mixingGradient("alpha")))
    #expect(gradients.allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `a step changes the groups it is told to`() throws {
    for groups in [Parameter.Groups.weights, .architecture, []] {
      let execution = try Supernet.execution()
      let before = execution.weights()
      _ = execution.train(learningRate: 0.1, step: 0, seed: 0, updating: groups)
      let after = execution.weights()
      #expect((before["alpha"] != after["alpha"]) == groups.contains(.architecture))
      #expect((before["stem.weight"] != after["stem.weight"]) == groups.contains(.weights))
    }
  }

  @Test func `a choice that is not there is refused by name`() throws {
    let execution = try Supernet.execution()
    #expect(throws: ShapeError.self) { try execution.choose(.mixture, for: "beta") }
    #expect(throws: ShapeError.self) { try execution.choose(.branch(5), for: "alpha") }
    #expect(throws: ShapeError.self) { try execution.choose(.weights([1]), for: "alpha") }
  }
}
