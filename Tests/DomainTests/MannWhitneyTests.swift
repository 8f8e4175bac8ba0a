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

  @Test func `where nothing differs, or nothing is there, nothing is claimed`() {
    #expect(MannWhitney([1, 1], against: [1, 1, 1]).pAbove == 1)
    #expect(MannWhitney([], against: [1]).pBelow == 1)
    #expect(MannWhitney([2], against: [2]).effect == 0.5)
  }
}
