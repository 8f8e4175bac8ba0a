import Architectures
import Domain
import Strategies
import Testing

@Suite struct FairPathsTests {
  private func counts(_ points: [DecisionPoint], blocks: Int) -> [[Int]] {
    var fair = FairPaths(points, values: points.map { Array($0.values.indices) })
    var generator = SeededGenerator(seed: 4)
    var counts = points.map { Array(repeating: 0, count: $0.values.count) }
    for _ in 0..<blocks {
      for path in fair.next(using: &generator) {
        for (index, decision) in path.decisions.enumerated() {
          if let decision { counts[index][decision] += 1 }
        }
      }
    }
    return counts
  }

  @Test func `in a block every value of the longest point comes once`() {
    let points = NASBench201Space().points
    #expect(counts(points, blocks: 1) == points.map { $0.values.map { _ in 1 } })
  }

  @Test func `values come equally often where points have unequal numbers of them`() {
    let points = (2...5).map { count in
      DecisionPoint("of \(count)", values: (0..<count).map(String.init))
    }
    // 60 = 12 blocks of 5 is a multiple of 2, 3, 4 and 5.
    #expect(counts(points, blocks: 12) == (2...5).map { Array(repeating: 60 / $0, count: $0) })
    for blocks in 1...11 {
      for column in counts(points, blocks: blocks) {
        #expect((column.max() ?? 0) - (column.min() ?? 0) <= 1, "after \(blocks) blocks")
      }
    }
  }
}
