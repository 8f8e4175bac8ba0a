package import Domain

/// The 95 % confidence interval of a mean accuracy by Student's t distribution, cut to 0…1.
package enum StudentInterval {
  /// 97.5 % quantiles for 1…30 degrees of freedom.
  private static let quantiles: [Double] = [
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788,
    2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639,
    2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
  ]

  /// Mean and interval of values; without an interval below two.
  package static func estimate(_ values: [Double]) -> JobResult.Estimate {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / max(1, count)
    guard values.count > 1 else {
      return JobResult.Estimate(mean: mean, low: nil, high: nil, values: values)
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let half = quantile(values.count - 1) * (squares / (count - 1) / count).squareRoot()
    return JobResult.Estimate(
      mean: mean, low: max(0, mean - half), high: min(1, mean + half), values: values)
  }

  /// The 97.5 % quantile.
  ///
  /// - Source: Cornish–Fisher expansion around the normal quantile above 30 degrees of freedom
  ///   (Abramowitz & Stegun 26.7.5).
  package static func quantile(_ freedom: Int) -> Double {
    if freedom <= quantiles.count { return quantiles[max(1, freedom) - 1] }
    let z = 1.959963985
    let n = Double(freedom)
    return z + (z * z * z + z) / (4 * n)
      + (5 * z * z * z * z * z + 16 * z * z * z + 3 * z) / (96 * n * n)
  }
}
