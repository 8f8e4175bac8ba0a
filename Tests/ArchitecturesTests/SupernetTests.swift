import Architectures
import Domain
import Testing

@Suite struct SupernetTests {
  private let space = NASBench201Space(width: 4, cellsPerStage: 2, stages: 2)
  private let params: [String: JSONValue] = ["width": 4, "cells_per_stage": 2, "stages": 2]

  @Test func `every node of every child stands in the supernet under the same key`() throws {
    let supernet = try Supernet(of: space, input: digits, classes: 10)
    var byScope: [String: Supernet.Node] = [:]
    for node in supernet.nodes {
      #expect(byScope.updateValue(node, forKey: node.scope) == nil, "\(node.scope) stands twice")
    }
    for number in 0..<200 {
      var generator = SeededGenerator(jobSeed: 5, trial: number, purpose: .sample)
      let child = try decode(
        "nasbench201-cell", .random(in: space.points, using: &generator), params: params)
      for node in child.nodes {
        let twin = try #require(byScope[node.scope])
        #expect(twin.role == .layer(node.layer) && twin.shape == node.shape)
        #expect(twin.parameters == node.parameters)
      }
    }
  }

  @Test func `it holds all branches of all edges, each choice with its five`() throws {
    let supernet = try Supernet(of: space, input: digits, classes: 10)
    var choices: [Int: Int] = [:]
    for node in supernet.nodes {
      guard case .choice(let point) = node.role else { continue }
      choices[point, default: 0] += 1
      #expect(node.inputs.count == 5)
    }
    #expect(choices == [0: 4, 1: 4, 2: 4, 3: 4, 4: 4, 5: 4], "four cells of six edges")
    // Stem 44; a cell of c channels 6 · (10·c² + 4·c); reduction 928; head 16 + 90.
    let cells = 2 * 6 * (160 + 16) + 2 * 6 * (640 + 32)
    #expect(supernet.parameters == 44 + cells + 928 + 106)
    #expect(supernet.nodes[supernet.output].scope == "head.linear")
  }
}
