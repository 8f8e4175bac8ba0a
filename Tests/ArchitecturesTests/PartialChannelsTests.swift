import Architectures
import Domain
import Engine
import Testing

/// One edge of three branches on eight channels, then a sum of two edges.
private struct EdgeSpace: SearchSpace {
  let stride: Int
  var points: [DecisionPoint] { [DecisionPoint("edge", values: ["none", "pool"])] }
  let cardinality = "2"

  func describe<Builder: NetworkBuilder>(into builder: inout Builder) throws -> Builder.Value {
    let edges = try ["one", "two"].map { name in
      try builder.scoped(name) { builder in
        try builder.choose(
          ChoiceRule(point: 0, key: "edge", isEdge: true), on: builder.input,
          among: [
            { try $0.apply(.zero(stride: stride), [$1], named: "none") },
            { try $0.apply(.maxPool(kernel: 3, stride: stride, padding: 1), [$1], named: "pool") },
          ])
      }
    }
    let sum = try builder.join(edges, named: "sum", key: "node")
    let pool = try builder.apply(.globalAveragePool, [sum], named: "pool")
    return try builder.apply(.linear(units: builder.classes, bias: true), [pool], named: "linear")
  }

  func code(of genotype: Genotype) -> String { "" }
  func genotype(of code: String) throws -> Genotype { Genotype([0]) }
}

@Suite struct PartialChannelsTests {
  private let image = TensorShape(height: 5, width: 6, channels: 8)

  @Test func `what goes around an edge is unchanged up to the shuffle`() throws {
    let supernet = try Supernet(
      of: EdgeSpace(stride: 1), input: image, classes: 3,
      partial: PartialChannels(divisor: 4, weighsEdges: false))
    let (graph, logits) = try supernet.graph()
    let run = try Execution(
      Plan(
        graph, logits: logits, batch: 1,
        optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0)))
    var weights = Weights()
    // Class k reads channel k + offset of the pooled sum alone.
    func means(from offset: Int) throws -> [Float] {
      weights["linear.weight"] = Tensor(
        shape: [3, 8], values: (0..<24).map { $0 % 8 == $0 / 8 + offset ? 1 : 0 })
      weights["linear.bias"] = Tensor(shape: [3], values: [0, 0, 0])
      try run.load(weights, partial: true)
      try run.choose(.branch(0), for: "edge")
      _ = run.evaluate(rows: 1)
      return Array(run.logits)
    }
    for index in run.inputs.indices { run.inputs[index] = Float(index % 8) }
    // Two of eight channels are mixed, to nothing; dealt out by four, 0…7 become 0 2 4 6 1 3 5 7.
    let all = try means(from: 0) + means(from: 3) + means(from: 5).suffix(2)
    let expected: [Float] = [0, 2, 4, 6, 0, 3, 5, 7]
    #expect(zip(all, expected).allSatisfy { abs($0 - 2 * $1) < 1e-5 }, "two edges: \(all)")
  }

  @Test func `where branches halve, what goes around is pooled, odd maps too`() throws {
    let supernet = try Supernet(
      of: EdgeSpace(stride: 2), input: image, classes: 3, partial: PartialChannels(divisor: 2))
    let around = supernet.nodes.first { $0.scope == "one.around.pool" }
    #expect(around?.shape == TensorShape(height: 3, width: 3, channels: 4))
    let whole = supernet.nodes.first { $0.scope == "one.shuffle" }
    #expect(whole?.shape == TensorShape(height: 3, width: 3, channels: 8))
    _ = try supernet.graph()
  }

  @Test func `edges of other widths stay whole, and one of one part is the supernet itself`() throws
  {
    for divisor in [1, 3] {
      let partial = try Supernet(
        of: EdgeSpace(stride: 1), input: image, classes: 3,
        partial: PartialChannels(divisor: divisor, weighsEdges: false))
      let plain = try Supernet(of: EdgeSpace(stride: 1), input: image, classes: 3)
      #expect(partial.nodes == plain.nodes)
    }
  }

  @Test func `weighed edges are a choice of their node that no path takes`() throws {
    let supernet = try Supernet(
      of: EdgeSpace(stride: 1), input: image, classes: 3, partial: PartialChannels(divisor: 4))
    #expect(supernet.choices.map(\.key) == ["edge", "node"])
    #expect(supernet.choices.map(\.weighsEdges) == [false, true])
    #expect(supernet.branches(of: Genotype([1])) == ["edge": 1])
  }

  @Test(arguments: ["darts-cell", "nasbench201-cell"])
  func `a whole space searches on parts, with fewer weights and all choices`(id: String) throws {
    let check = CheckSupernet(
      id: id, params: id == "darts-cell" ? ["nodes": 3, "reductions": 2] : [:],
      input: TensorShape(height: 9, width: 8, channels: 3))
    let plain = try check.supernet(affine: false)
    let partial = try Supernet(
      of: check.space(), input: check.input, classes: 10, affine: false,
      partial: PartialChannels(divisor: 4))
    #expect(partial.parameters < plain.parameters / 2)
    #expect(
      partial.choices.filter { !$0.weighsEdges }.map(\.key) == plain.choices.map(\.key))
    let nodes = partial.choices.filter(\.weighsEdges).map(\.key)
    #expect(
      nodes
        == (id == "darts-cell"
          ? ["normal", "reduction"].flatMap { name in (0..<3).map { "\(name).nodes.\($0)" } }
          : ["cell.nodes.2", "cell.nodes.3"]))
    let run = try check.execution(partial.graph(), seed: 2)
    let losses = (0..<40).map { run.train(learningRate: 0.02, step: $0, seed: 1).loss }
    #expect(losses.allSatisfy { $0.isFinite } && losses[39] < losses[0] / 2)
    for key in run.plan.architectureKeys {
      #expect(run.read(.gradient(key)).contains { $0 != 0 }, "\(key) learns")
    }
  }
}
