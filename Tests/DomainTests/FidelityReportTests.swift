import Domain
import Foundation
import Testing

@Suite struct FidelityReportTests {
  private func report(
    _ scores: [Double], _ accuracies: [Double], losses: [Double]? = nil, seed: UInt64 = 1
  ) -> FidelityReport? {
    FidelityReport(
      scores.indices.map {
        .init(trial: $0 + 1, score: scores[$0], loss: losses?[$0], accuracy: accuracies[$0])
      }, seed: seed)
  }

  @Test func `the same order is trusted, the reverse is not`() throws {
    let values = (0..<12).map { 0.5 + Double($0) / 100 }
    let same = try #require(report(values, values))
    #expect(same.tau.value == 1 && same.spearman.value == 1 && same.tauOfTopHalf.value == 1)
    #expect(same.tau.low > 0.5 && same.tau.low < 1 && same.tau.high == 1, "12 pairs are not all")
    #expect(same.topFive.share.value == 1 && same.topFifth.k == 3 && same.regret.value == 0)
    let reverse = try #require(report(values.reversed(), values))
    #expect(reverse.tau.value == -1 && reverse.spearman.value == -1 && reverse.tau.high < -0.5)
    #expect(reverse.topFive.share.value == 0)
    #expect(abs(reverse.regret.value - 0.11) < 1e-12)
  }

  @Test func `a score that never differs says nothing`() throws {
    let flat = try #require(report([1, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5]))
    #expect(flat.tau.value == 0 && flat.tau.low == -1 && flat.tau.high == 1)
    #expect(report([1, 2, 3, 4], [1, 2, 3, 4]) == nil, "four are too few")
  }

  @Test func `equal scores are ordered by loss`() throws {
    let accuracies = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    let flat = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    let ordered = try #require(report(flat, accuracies, losses: [6, 5, 4, 3, 2, 1]))
    #expect(ordered.tau.value == 1 && ordered.regret.value == 0)
  }

  @Test func `dead networks lift the correlation of all, not that of the top half`() throws {
    // Ten dead ones that any score tells, and ten that the score puts at random.
    let dead = (0..<10).map { 0.1 + Double($0) / 1000 }
    let alive = (0..<10).map { 0.9 + Double($0) / 1000 }
    let scores = dead + [0.8, 0.86, 0.83, 0.81, 0.89, 0.85, 0.82, 0.88, 0.84, 0.87]
    let accuracies = dead + alive
    let mixed = try #require(report(scores, accuracies))
    #expect(mixed.tau.value > 0.7)
    #expect(abs(mixed.tauOfTopHalf.value) < 0.4)
    #expect(mixed.tauOfTopHalf.low < mixed.tau.low)
  }

  @Test func `the order of the pairs does not matter, the seed does`() throws {
    let scores = [0.5, 0.7, 0.6, 0.9, 0.8, 0.4, 0.65]
    let accuracies = [0.6, 0.65, 0.7, 0.8, 0.9, 0.5, 0.55]
    let pairs = scores.indices.map {
      FidelityReport.Pair(trial: $0, score: scores[$0], loss: nil, accuracy: accuracies[$0])
    }
    #expect(FidelityReport(pairs, seed: 4) == FidelityReport(pairs.reversed(), seed: 4))
    #expect(FidelityReport(pairs, seed: 4)?.tau != FidelityReport(pairs, seed: 5)?.tau)
  }

  /// Pairs of normal numbers whose true τ is known.
  private func draw(
    _ random: inout SeededGenerator, _ count: Int, tau: Double
  ) -> [FidelityReport.Pair] {
    let rho = sin(Double.pi * tau / 2)
    return (0..<count).map { index in
      let (u, v) = (1 - random.unit(), random.unit())
      let radius = (-2 * log(u)).squareRoot()
      let (x, e) = (radius * cos(2 * Double.pi * v), radius * sin(2 * Double.pi * v))
      return .init(
        trial: index, score: x, loss: nil, accuracy: rho * x + (1 - rho * rho).squareRoot() * e)
    }
  }

  @Test(arguments: [0, 0.3, 0.5, 0.8])
  func `the interval of τ covers the true one in nine of ten, drawn freely or by strata`(
    tau: Double
  ) {
    for isStratified in [false, true] {
      var covered = 0
      for set in 0..<400 {
        var random = SeededGenerator(seed: UInt64(set) &+ UInt64(tau * 1000) << 20)
        var pairs = draw(&random, isStratified ? 480 : 24, tau: tau)
        if isStratified {
          pairs.sort { $0.score < $1.score }
          pairs = (0..<24).map { pairs[Int((Double($0) * 479 / 23).rounded())] }
        }
        guard let report = FidelityReport(pairs, seed: UInt64(set), resamples: 400) else {
          continue
        }
        if report.tau.low <= tau, tau <= report.tau.high { covered += 1 }
      }
      #expect(covered >= 360, "\(covered) of 400 at τ \(tau), strata \(isStratified)")
    }
  }
}
