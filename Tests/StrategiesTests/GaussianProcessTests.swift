import Architectures
import Domain
import Foundation
import Strategies
import Testing

@Suite struct GaussianProcessTests {
  private let points = NASBench201Space().points

  private func draws(_ count: Int, seed: UInt64) -> [Genotype] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in .random(in: points, using: &generator) }
  }

  /// The solution of a linear system by elimination with pivots: slow, and another way.
  private func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var rows = zip(matrix, right).map { $0 + [$1] }
    let count = right.count
    for column in 0..<count {
      let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      rows.swapAt(column, pivot)
      for row in 0..<count where row != column {
        let factor = rows[row][column] / rows[column][column]
        for index in column...count { rows[row][index] -= factor * rows[column][index] }
      }
    }
    return (0..<count).map { rows[$0][count] / rows[$0][$0] }
  }

  private func likeness(_ first: Genotype, _ second: Genotype, _ weights: [Double]) -> Double {
    exp(
      -points.indices.reduce(0) {
        $0 + (first.decisions[$1] == second.decisions[$1] ? 0 : weights[$1])
      })
  }

  @Test func `mean and deviation are those of the textbook`() {
    let fit = GaussianProcess.Fit(weights: [0.2, 0.4, 0.1, 0.8, 0.3, 0.5], noise: 0.1)
    let inputs = draws(30, seed: 1)
    let others = draws(7, seed: 2)
    var generator = SeededGenerator(seed: 3)
    let scores = inputs.map { _ in generator.normal() }
    var process = GaussianProcess(points: points, fit: fit)
    process.condition(on: inputs)
    let beliefs = process.predict(others, scores: scores)

    let matrix = inputs.indices.map { row in
      inputs.indices.map {
        likeness(inputs[row], inputs[$0], fit.weights) + (row == $0 ? fit.noise : 0)
      }
    }
    let alpha = solve(matrix, scores)
    let scale = zip(scores, alpha).reduce(0) { $0 + $1.0 * $1.1 } / 30
    for (other, belief) in zip(others, beliefs) {
      let across = inputs.map { likeness($0, other, fit.weights) }
      let mean = zip(across, alpha).reduce(0) { $0 + $1.0 * $1.1 }
      let explained = zip(across, solve(matrix, across)).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(belief.mean - mean) < 1e-9)
      #expect(abs(belief.deviation - ((1 - explained) * scale).squareRoot()) < 1e-9)
    }
  }

  @Test func `inputs without a score narrow the deviation and leave the mean`() {
    let fit = GaussianProcess.Fit(weights: [Double](repeating: 0.3, count: 6), noise: 0.01)
    let inputs = draws(20, seed: 4)
    let pending = draws(3, seed: 5)
    let scores = inputs.indices.map { Double($0) / 20 }
    var process = GaussianProcess(points: points, fit: fit)
    process.condition(on: inputs)
    let before = process.predict(pending, scores: scores)
    process.condition(on: inputs + pending)
    let after = process.predict(pending, scores: scores)
    for (first, second) in zip(before, after) {
      #expect(abs(first.mean - second.mean) < 1e-12)
      #expect(second.deviation < first.deviation / 2)
    }
  }

  @Test func `a process that grew and one made at once have equal bits`() {
    let fit = GaussianProcess.Fit(weights: [Double](repeating: 0.3, count: 6), noise: 0.05)
    let inputs = draws(60, seed: 6)
    let others = draws(20, seed: 7)
    let scores = inputs.indices.map { Double(($0 * 7) % 60) }
    var whole = GaussianProcess(points: points, fit: fit)
    whole.condition(on: inputs)
    var grown = GaussianProcess(points: points, fit: fit)
    for count in 1...60 { grown.condition(on: Array(inputs.prefix(count)) + others.prefix(3)) }
    grown.condition(on: inputs)
    let (first, second) = (
      whole.predict(others, scores: scores), grown.predict(others, scores: scores)
    )
    #expect(first.map(\.mean) == second.map(\.mean))
    #expect(first.map(\.deviation) == second.map(\.deviation))
  }

  @Test func `a decision that changes nothing loses its weight`() {
    let inputs = draws(80, seed: 8)
    let scores = inputs.map { Double($0.decisions[0] ?? 0) - Double($0.decisions[3] ?? 0) }
    var fit = GaussianProcess.Fit(weights: [Double](repeating: 0.33, count: 6), noise: 0.05)
    for _ in 0..<4 {
      fit = GaussianProcess.fitted(inputs, scores: scores, points: points, from: fit)
    }
    let idle = [1, 2, 4, 5].map { fit.weights[$0] }
    #expect(min(fit.weights[0], fit.weights[3]) > 2 * (idle.max() ?? 9), "\(fit.weights)")
  }

  @Test func `normal scores are the quantiles of the ranks`() {
    #expect(abs(NormalScores.quantile(0.975) - 1.959963985) < 1e-7)
    #expect(abs(NormalScores.quantile(0.001) + 3.090232306) < 1e-7)
    #expect(abs(NormalScores.quantile(0.5)) < 1e-9)
    let scores = NormalScores.scores([
      Merit(.completed, [0.1]), Merit(.completed, [9]), Merit(.completed, [0.1]), .none,
    ])
    #expect(scores[0] == scores[2] && scores[1] > scores[0] && scores[0] > scores[3])
    #expect(abs(scores[1] + scores[3]) < 1e-9)
  }

  private func search(
    _ points: [DecisionPoint], objectives: [Objective] = [], starts: Int = 10, lag: Int = 4
  ) -> Search {
    Search(
      GaussianProcessSearch(
        points: points, objectives: objectives, starts: starts, pool: 60, parents: 5,
        exploration: 1, seed: 3), lag: lag)
  }

  @Test(arguments: [1, 4, 32])
  func `nothing is proposed twice while the space holds something new`(lag: Int) throws {
    let points = MLPSpace(maxLayers: 2, maxUnits: 64).points
    var search = search(points, lag: lag)
    try search.run(to: 96) { .accuracy(Double($0.number % 13)) }
    #expect(Set(search.genotypes).count == 96)
    try search.run(to: 100) { _ in .accuracy(0) }
  }

  @Test func `pruned trials teach it nothing, and start draws are random`() throws {
    var some = search(points)
    var none = search(points)
    try some.run(to: 12) { .accuracy(Double($0.candidate.genotype.decisions[0] ?? 0)) }
    #expect(some.trials.prefix(10).allSatisfy { $0.candidate.isRandom })
    #expect(some.trials.dropFirst(10).allSatisfy { !$0.candidate.isRandom })
    try none.run(to: 40) { _ in
      Ending(state: .stoppedEarly, metrics: [MetricName.searchAccuracy: 0.9])
    }
    #expect(none.trials.allSatisfy { $0.candidate.isRandom }, "there is nothing to learn from")
  }

  @Test func `it finds the best that keeps the limit`() throws {
    let objectives = [Objective(.accuracy, .maximise), Objective(.macs, .minimise, limit: 10)]
    var search = search(points, objectives: objectives)
    try search.run(to: 90) { trial in
      let sum = Double(trial.candidate.genotype.decisions.reduce(0) { $0 + ($1 ?? 0) })
      let metrics = [MetricName.macs: sum, MetricName.searchAccuracy: sum / 24]
      return sum > 10
        ? Ending(state: .infeasible, metrics: [MetricName.macs: sum]) : Ending(metrics: metrics)
    }
    let best = try #require(search.best)
    #expect(best.metrics[MetricName.macs] == 10)
    let kept = search.trials.suffix(40).count { $0.state == .completed }
    #expect(kept > 25, "\(kept) of the last 40 keep the limit; one in three genotypes does")
  }

  @Test func `several objectives are followed to their front`() throws {
    let search = FrontSearch()
    let found = try search.covered("gaussian-process", evaluations: 80)
    let random = try search.covered("random", evaluations: 80)
    let p = MannWhitney(found, against: random).pAbove
    #expect(p < 0.01, "p = \(p)")
  }
}
