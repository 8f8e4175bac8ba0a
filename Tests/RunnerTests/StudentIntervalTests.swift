import Domain
import Runner
import Testing

@Suite struct StudentIntervalTests {
  @Test func `three values give the textbook interval`() throws {
    // t(2) = 4.302653; deviation 0.01; half width 4.302653 × 0.01 / √3.
    let estimate = StudentInterval.estimate([0.96, 0.97, 0.98])
    #expect(abs(estimate.mean - 0.97) < 1e-12)
    #expect(abs((estimate.high ?? 0) - (0.97 + 0.0248414)) < 1e-6)
    #expect(abs((estimate.low ?? 0) - (0.97 - 0.0248414)) < 1e-6)
  }

  @Test func `an interval of accuracies stays within 0 and 1`() throws {
    let estimate = StudentInterval.estimate([0.994, 0.989])
    #expect(estimate.high == 1)
    #expect(try #require(estimate.low) < 0.97)
  }

  @Test func `one value has no interval`() {
    let estimate = StudentInterval.estimate([0.5])
    #expect(estimate.mean == 0.5)
    #expect(estimate.low == nil && estimate.high == nil)
  }

  @Test(arguments: [(31, 2.0395), (40, 2.0211), (60, 2.0003), (120, 1.9799)])
  func `quantiles beyond the table agree with it`(freedom: Int, expected: Double) {
    #expect(abs(StudentInterval.quantile(freedom) - expected) < 1e-4)
  }
}
