import Domain
import Testing

@Suite struct MannWhitneyTests {
  /// scipy 1.17.1: `mannwhitneyu(a, b, alternative="greater", method="asymptotic")`.
  @Test func `it agrees with scipy, with ties`() {
    let first = [0.91, 0.92, 0.92, 0.95, 0.90]
    let second = [0.88, 0.92, 0.90, 0.89, 0.87, 0.91]
    let test = MannWhitney(first, against: second)
    #expect(test.u == 25.0)
    #expect(abs(test.pAbove - 0.03932261163036168) < 1e-9)
    #expect(abs(test.pBelow - 0.9740352312182978) < 1e-9)
    let mirrored = MannWhitney(second, against: first)
    #expect(mirrored.pBelow == test.pAbove && mirrored.u == 30 - test.u)
  }

  @Test(arguments: [(1, 1), (4, 1), (1, 4), (3, 5), (5, 4)])
  func `few numbers are compared exactly`(n: Int, m: Int) {
    // All ways to deal n + m places out.
    let deals = (0..<1 << (n + m)).filter { $0.nonzeroBitCount == n }
    func samples(_ deal: Int) -> (first: [Double], second: [Double]) {
      let places = (0..<n + m).map { ($0, deal >> $0 & 1 == 1) }
      return (places.filter(\.1).map { Double($0.0) }, places.filter { !$0.1 }.map { Double($0.0) })
    }
    let tests = deals.map { deal in
      let (first, second) = samples(deal)
      return MannWhitney(first, against: second)
    }
    for test in tests {
      let above = Double(tests.count { $0.u >= test.u }) / Double(tests.count)
      let below = Double(tests.count { $0.u <= test.u }) / Double(tests.count)
      #expect(abs(test.pAbove - above) < 1e-12 && abs(test.pBelow - below) < 1e-12)
    }
  }

  @Test func `up to 400 pairs are compared exactly, more by the approximation`() {
    let first = (0..<20).map { Double($0) + 0.25 }
    let exact = MannWhitney(first, against: (0..<20).map { Double($0) - 2.5 })
    // Counted by another program: 0.104227 by the approximation.
    #expect(exact.u == 247 && abs(exact.pAbove - 0.10548216362406042) < 1e-12)
    let approximate = MannWhitney(first, against: (0..<21).map { Double($0) - 3 })
    // Exactly 0.070919.
    #expect(approximate.u == 267 && abs(approximate.pAbove - 0.0702900135744788) < 1e-9)
  }

  @Test func `where nothing differs, or nothing is there, nothing is claimed`() {
    #expect(MannWhitney([1, 1], against: [1, 1, 1]).pAbove == 1)
    #expect(MannWhitney([], against: [1]).pBelow == 1)
    #expect(MannWhitney([2], against: [2]).effect == 0.5)
  }
}
