import Domain
import Testing

@Suite struct KendallTauTests {
  /// scipy 1.17.1: `kendalltau(a, b)`, variant b.
  @Test func `it agrees with scipy, with ties in both measures`() {
    let first = [0.91, 0.92, 0.92, 0.95, 0.90, 0.88, 0.92, 0.91]
    let second = [0.5, 0.7, 0.6, 0.7, 0.5, 0.5, 0.65, 0.4]
    #expect(abs(KendallTau(first, second).value - 0.6666666666666669) < 1e-12)
    #expect(abs(KendallTau(first, second.map { -$0 }).value + 0.6666666666666669) < 1e-12)
    #expect(KendallTau(second, first) == KendallTau(first, second))
  }

  @Test func `equal orders give 1, and a measure that never differs gives 0`() {
    #expect(KendallTau([1, 2, 3], [4, 5, 9]).value == 1)
    #expect(KendallTau([1, 2, 3], [9, 5, 4]).value == -1)
    #expect(KendallTau([1, 1, 1], [1, 2, 3]).value == 0)
    #expect(KendallTau([], []).value == 0)
  }
}
