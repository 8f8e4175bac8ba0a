import Architectures
import Domain
import Strategies
import Testing

@Suite struct RandomSearchTests {
  @Test func `every operation comes equally often on every edge`() throws {
    let points = NASBench201Space().points
    var search = Search(RandomSearch(points: points, seed: 2))
    try search.run(to: 10_000) { _ in .accuracy(0.5) }
    for edge in points.indices {
      let counts = Dictionary(grouping: search.genotypes) { $0.decisions[edge] ?? -1 }
      let chiSquare = (0..<5).reduce(0.0) { sum, operation in
        let excess = Double(counts[operation, default: []].count) - 2_000
        return sum + excess * excess / 2_000
      }
      #expect(chiSquare < 18.47, "χ² with 4 degrees of freedom, p = 0.001")
    }
  }

  @Test func `proposals do not depend on what was observed`() throws {
    let points = NASChainSpace().points
    var good = Search(RandomSearch(points: points, seed: 2))
    var bad = Search(RandomSearch(points: points, seed: 2), lag: 7)
    try good.run(to: 50) { .accuracy(Double($0.number)) }
    try bad.run(to: 50) { _ in Ending(state: .failed) }
    #expect(good.genotypes == bad.genotypes)
  }
}
