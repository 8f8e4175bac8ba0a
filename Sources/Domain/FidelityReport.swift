internal import Foundation

/// How far a cheap score can be trusted: the order it gives beside that of accuracies measured by
/// training each architecture alone.
package struct FidelityReport: Codable, Hashable, Sendable {
  /// One architecture by both measures.
  package struct Pair: Codable, Hashable, Sendable {
    package let trial: Int
    /// Validation accuracy that the search ranked it by.
    package let score: Double
    /// Validation loss beside it, which breaks ties; nil where none was measured.
    package let loss: Double?
    /// Validation accuracy when trained alone.
    package let accuracy: Double

    package init(trial: Int, score: Double, loss: Double?, accuracy: Double) {
      self.trial = trial
      self.score = score
      self.loss = loss
      self.accuracy = accuracy
    }
  }

  /// A number with its 95 % bootstrap interval.
  package struct Estimate: Codable, Hashable, Sendable {
    package let value: Double
    package let low: Double
    package let high: Double
  }

  /// How many of the best k by one measure are among the best k by the other.
  package struct Overlap: Codable, Hashable, Sendable {
    package let k: Int
    /// 0…1.
    package let share: Estimate
  }

  /// Fewest architectures that say anything.
  package static let least = 5

  /// By trial number.
  package let pairs: [Pair]
  /// Kendall's τ_b of score and accuracy over all.
  package let tau: Estimate
  /// The same over the better half by accuracy alone: dead networks are easy to tell.
  package let tauOfTopHalf: Estimate
  package let spearman: Estimate
  /// Of the best five.
  package let topFive: Overlap
  /// Of the best fifth.
  package let topFifth: Overlap
  /// Best accuracy less that of the architecture with the best score.
  package let regret: Estimate

  private enum CodingKeys: String, CodingKey {
    case pairs, tau, spearman, regret
    case tauOfTopHalf = "tau_of_top_half"
    case topFive = "top_five"
    case topFifth = "top_fifth"
  }

  /// nil for fewer than `least` pairs.
  ///
  /// - Parameter seed: of the job, which keys the resampling.
  /// - Complexity: O(resamples · n²).
  package init?(_ pairs: [Pair], seed: UInt64, resamples: Int = Bootstrap.resamples) {
    guard pairs.count >= FidelityReport.least else { return nil }
    let pairs = pairs.sorted { $0.trial < $1.trial }
    self.pairs = pairs
    let scores = FidelityReport.ranks(pairs) { ($0.score, -($0.loss ?? 0)) }
    let accuracies = FidelityReport.ranks(pairs) { ($0.accuracy, 0) }
    func bootstrap(_ step: Int, count: Int = pairs.count) -> Bootstrap {
      Bootstrap(SeededGenerator(jobSeed: seed, purpose: .bootstrap, step: step), count: count)
    }
    tau = FidelityReport.tau(scores, accuracies, bootstrap(0), resamples)
    let half = FidelityReport.best((pairs.count + 1) / 2, by: accuracies)
    tauOfTopHalf = FidelityReport.tau(
      half.map { scores[$0] }, half.map { accuracies[$0] }, bootstrap(1, count: half.count),
      resamples)
    spearman = FidelityReport.correlation(
      pairs.count, bootstrap(2), resamples
    ) { sample in
      FidelityReport.spearman(sample.map { scores[$0] }, sample.map { accuracies[$0] })
    }
    func overlap(_ k: Int, _ step: Int) -> Overlap {
      var bootstrap = bootstrap(step)
      func share(_ sample: [Int]) -> Double {
        let cheap = FidelityReport.best(k, by: sample.map { scores[$0] })
        let real = FidelityReport.best(k, by: sample.map { accuracies[$0] })
        return Double(Set(cheap).intersection(real).count) / Double(k)
      }
      return Overlap(
        k: k,
        share: Estimate(
          share(Array(pairs.indices)), bootstrap.percentiles(resamples: resamples, share)))
    }
    topFive = overlap(5, 3)
    topFifth = overlap((pairs.count + 4) / 5, 4)
    var last = bootstrap(5)
    func regret(_ sample: [Int]) -> Double {
      let chosen = FidelityReport.best(1, by: sample.map { scores[$0] })
      let best = sample.map { pairs[$0].accuracy }.max() ?? 0
      return best - (chosen.first.map { pairs[sample[$0]].accuracy } ?? 0)
    }
    self.regret = Estimate(
      regret(Array(pairs.indices)), last.percentiles(resamples: resamples, regret))
  }

  /// Dense ranks from 0, worst first: equal keys have equal ranks.
  private static func ranks(_ pairs: [Pair], _ key: (Pair) -> (Double, Double)) -> [Double] {
    let order = pairs.indices.sorted { key(pairs[$0]) < key(pairs[$1]) }
    var ranks = [Double](repeating: 0, count: pairs.count)
    var rank = 0.0
    for (place, index) in order.enumerated() {
      if place > 0, key(pairs[order[place - 1]]) != key(pairs[index]) { rank += 1 }
      ranks[index] = rank
    }
    return ranks
  }

  /// Indices of the k largest values, ties to the lower index.
  private static func best(_ k: Int, by values: [Double]) -> [Int] {
    let order = values.indices.sorted {
      values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1
    }
    return Array(order.prefix(k))
  }

  private static func tau(
    _ first: [Double], _ second: [Double], _ bootstrap: Bootstrap, _ resamples: Int
  ) -> Estimate {
    correlation(first.count, bootstrap, resamples) { sample in
      let (x, y) = (sample.map { first[$0] }, sample.map { second[$0] })
      guard Set(x).count > 1, Set(y).count > 1 else { return nil }
      return KendallTau(x, y).value
    }
  }

  /// A correlation with its interval; where resamples do not differ, that of so few pairs at best.
  ///
  /// - Source: Fieller, Hartley & Pearson 1957, "Tests for rank correlation coefficients": the
  ///   deviation of Fisher's z of τ is √(0.437/(n − 4)).
  private static func correlation(
    _ count: Int, _ bootstrap: Bootstrap, _ resamples: Int, _ statistic: ([Int]) -> Double?
  ) -> Estimate {
    guard let value = statistic(Array(0..<count)) else {
      // One of the measures never differs: nothing is known.
      return Estimate(value: 0, low: -1, high: 1)
    }
    var bootstrap = bootstrap
    if abs(value) < 1,
      let interval = bootstrap.interval(around: value, resamples: resamples, statistic)
    {
      return Estimate(
        value: value, low: min(value, interval.lowerBound), high: max(value, interval.upperBound))
    }
    let edge = 1 - 2 / Double(max(3, count * (count - 1)))
    let z = atanh(max(-edge, min(edge, value)))
    let half = 1.959_963_985 * (0.437 / Double(max(1, count - 4))).squareRoot()
    return Estimate(
      value: value, low: min(value, tanh(z - half)), high: max(value, tanh(z + half)))
  }

  /// Pearson's correlation of mean ranks.
  private static func spearman(_ first: [Double], _ second: [Double]) -> Double? {
    let (x, y) = (meanRanks(first), meanRanks(second))
    let mean = Double(x.count - 1) / 2
    var products = (xx: 0.0, yy: 0.0, xy: 0.0)
    for (a, b) in zip(x, y) {
      products.xx += (a - mean) * (a - mean)
      products.yy += (b - mean) * (b - mean)
      products.xy += (a - mean) * (b - mean)
    }
    let scale = (products.xx * products.yy).squareRoot()
    return scale > 0 ? max(-1, min(1, products.xy / scale)) : nil
  }

  private static func meanRanks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
      start = end
    }
    return ranks
  }
}

extension FidelityReport.Estimate {
  fileprivate init(_ value: Double, _ interval: ClosedRange<Double>?) {
    self.init(
      value: value, low: min(value, interval?.lowerBound ?? value),
      high: max(value, interval?.upperBound ?? value))
  }
}
