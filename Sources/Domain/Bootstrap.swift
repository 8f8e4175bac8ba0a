internal import Foundation

/// The 95 % interval of a statistic by resampling what it was computed of.
///
/// - Source: Efron 1987, "Better bootstrap confidence intervals": bias-corrected and accelerated.
///   Against percentiles and Fisher's z with a bootstrapped deviation it was measured on 24 pairs of
///   normal numbers of true τ 0…0.9, drawn freely and by rank strata: it alone covers 95 to 99 % in all
///   and stays as narrow as percentiles.
package struct Bootstrap: Sendable {
  /// How many resamples an interval is made from.
  package static let resamples = 2000

  private var generator: SeededGenerator
  private let count: Int

  /// - Parameter count: how many things are resampled.
  package init(_ generator: SeededGenerator, count: Int) {
    self.generator = generator
    self.count = count
  }

  /// Values of the statistic on resamples, ascending; those that are not defined are left out.
  package mutating func values(
    resamples: Int = Bootstrap.resamples, _ statistic: ([Int]) -> Double?
  ) -> [Double] {
    var values: [Double] = []
    var sample = [Int](repeating: 0, count: count)
    for _ in 0..<resamples {
      for index in 0..<count { sample[index] = generator.below(count) }
      if let value = statistic(sample) { values.append(value) }
    }
    return values.sorted()
  }

  /// Bias-corrected and accelerated interval of a smooth statistic.
  ///
  /// - Returns: nil where the resamples do not differ, which says nothing of the true value.
  package mutating func interval(
    around value: Double, resamples: Int = Bootstrap.resamples, _ statistic: ([Int]) -> Double?
  ) -> ClosedRange<Double>? {
    let values = values(resamples: resamples, statistic)
    guard let first = values.first, let last = values.last, first < last else { return nil }
    let below = Double(values.count { $0 < value }) + 0.5 * Double(values.count { $0 == value })
    let share = below / Double(values.count)
    let edge = 0.5 / Double(values.count)
    let bias = Bootstrap.quantile(min(1 - edge, max(edge, share)))
    let left = (0..<count).compactMap { out in
      statistic((0..<count).filter { $0 != out })
    }
    let mean = left.reduce(0, +) / Double(max(1, left.count))
    let squares = left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let cubes = left.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
    let acceleration = squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
    func place(_ z: Double) -> Double {
      let moved = bias + z
      return 0.5 * erfc(-(bias + moved / (1 - acceleration * moved)) / 2.0.squareRoot())
    }
    let low = Bootstrap.at(place(-1.959_963_985), of: values)
    let high = Bootstrap.at(place(1.959_963_985), of: values)
    return min(low, high)...max(low, high)
  }

  /// Percentile interval, for a statistic of few possible values.
  package mutating func percentiles(
    resamples: Int = Bootstrap.resamples, _ statistic: ([Int]) -> Double?
  ) -> ClosedRange<Double>? {
    let values = values(resamples: resamples, statistic)
    guard !values.isEmpty else { return nil }
    return Bootstrap.at(0.025, of: values)...Bootstrap.at(0.975, of: values)
  }

  /// The value at a share of sorted ones, between neighbours by weight.
  private static func at(_ share: Double, of values: [Double]) -> Double {
    let place = min(1, max(0, share)) * Double(values.count - 1)
    let index = min(values.count - 1, Int(place))
    let next = min(values.count - 1, index + 1)
    return values[index] + (values[next] - values[index]) * (place - Double(index))
  }

  /// The standard normal quantile, by halving.
  private static func quantile(_ share: Double) -> Double {
    var low = -8.0
    var high = 8.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
