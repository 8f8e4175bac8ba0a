import Architectures
import Domain
import Engine
import Testing

/// A space that puts two choices of one key side by side, with `second` branches in the second.
private struct TwinSpace: SearchSpace {
  let first: Int
  let second: Int
  var points: [DecisionPoint] { [DecisionPoint("only", values: ["a", "b"])] }
  let cardinality = "2"

  func describe<Builder: NetworkBuilder>(into builder: inout Builder) throws -> Builder.Value {
    var value = builder.input
    for (name, count) in [("one", first), ("two", second)] {
      value = try builder.scoped(name) { builder in
        let branches: [(inout Builder, Builder.Value) throws -> Builder.Value] = (0..<count).map {
          number in
          { builder, source in
            let drop = try builder.apply(.dropout(rate: 0.5), [source], named: "drop.\(number)")
            return try builder.apply(.dropPath(rate: 0.5), [drop], named: "path.\(number)")
          }
        }
        return try builder.choose(
          ChoiceRule(key: "twin") { ($0.decisions.first ?? nil).map { min($0, count - 1) } },
          on: value, among: branches)
      }
    }
    let pool = try builder.apply(.globalAveragePool, [value], named: "pool")
    return try builder.apply(.linear(units: builder.classes, bias: true), [pool], named: "linear")
  }

  func code(of genotype: Genotype) -> String { "" }
  func genotype(of code: String) throws -> Genotype { Genotype([0]) }
}

@Suite struct SupernetTests {
  private let space = NASBench201Space(width: 4, cellsPerStage: 2, stages: 2)

  @Test func `it holds all branches of all edges, each choice with its five`() throws {
    let supernet = try Supernet(of: space, input: digits, classes: 10)
    var places: [String: Int] = [:]
    for node in supernet.nodes {
      guard case .choice(let key) = node.role else { continue }
      places[key, default: 0] += 1
      #expect(node.inputs.count == 5)
    }
    let keys = (0..<6).map { "cell.edges.\($0)" }
    #expect(places == Dictionary(uniqueKeysWithValues: keys.map { ($0, 4) }), "four equal cells")
    #expect(Set(supernet.choices.map(\.key)) == Set(keys))
    #expect(supernet.choices.allSatisfy { $0.branches == 5 })
    // Stem 44; a cell of c channels 6 · (10·c² + 4·c); reduction 928; head 16 + 90.
    let cells = 2 * 6 * (160 + 16) + 2 * 6 * (640 + 32)
    #expect(supernet.parameters == 44 + cells + 928 + 106)
    #expect(supernet.nodes[supernet.output].scope == "head.linear")
  }

  @Test func `a genotype's path names a branch for every edge`() throws {
    let supernet = try Supernet(of: space, input: digits, classes: 10)
    #expect(
      supernet.branches(of: Genotype([3, 0, 1, 4, 2, 0])) == [
        "cell.edges.0": 3, "cell.edges.1": 0, "cell.edges.2": 1, "cell.edges.3": 4,
        "cell.edges.4": 2, "cell.edges.5": 0,
      ])
  }

  @Test func `nothing is dropped in a supernet's graph`() throws {
    let supernet = try Supernet(
      of: TwinSpace(first: 2, second: 2), input: digits, classes: 10)
    let (graph, logits) = try supernet.graph()
    #expect(graph.nodes.count == 5, "input, two choices, pool and classes")
    #expect(graph.shape(of: logits).channels == 10)
  }

  @Test func `a choice of one branch is that branch`() throws {
    let supernet = try Supernet(
      of: TwinSpace(first: 1, second: 1), input: digits, classes: 10)
    #expect(supernet.choices.isEmpty && supernet.branches(of: Genotype([0])).isEmpty)
    #expect(try supernet.graph().graph.count == 3)
  }

  @Test func `places of one key must have equally many branches`() {
    let error = #expect(throws: SpaceError.self) {
      try Supernet(of: TwinSpace(first: 2, second: 3), input: digits, classes: 10)
    }
    #expect(error?.message.contains("twin has 3 branches; elsewhere it has 2") == true)
  }

  @Test func `a child without a branch is refused in words`() {
    let error = #expect(throws: SpaceError.self) {
      var builder = ChildBuilder(genotype: Genotype([nil]), input: digits, classes: 10)
      _ = try TwinSpace(first: 2, second: 2).describe(into: &builder)
    }
    #expect(error?.message == "choice twin has no branch; there are 2")
  }
}
