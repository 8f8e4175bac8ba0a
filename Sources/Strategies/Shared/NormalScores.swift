internal import Domain

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Ranks turned into numbers that a regression can learn, and normal draws.
package enum NormalScores {
  /// The normal quantile of each merit's rank, larger is better; equals get the mean rank's.
  package static func scores(_ merits: [Merit]) -> [Double] {
    let places = Merit.places(merits)
    var shares = [Int](repeating: 0, count: merits.count)
    for place in places { shares[place] += 1 }
    let total = Double(merits.count)
    return places.map { place in
      let rank = Double(place) + Double(shares[place] - 1) / 2
      return quantile(1 - (rank + 0.5) / total)
    }
  }

  /// The quantile of the standard normal distribution, to 1.2e-9.
  ///
  /// - Source: Acklam 2003, "An algorithm for computing the inverse normal cumulative distribution
  ///   function".
  package static func quantile(_ share: Double) -> Double {
    let a = [
      -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
      1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00,
    ]
    let b = [
      -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
      6.680131188771972e+01, -1.328068155288572e+01, 1,
    ]
    let c = [
      -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
      -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00,
    ]
    let d = [
      7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
      3.754408661907416e+00, 1,
    ]
    func horner(_ coefficients: [Double], _ x: Double) -> Double {
      coefficients.reduce(0) { $0 * x + $1 }
    }
    let share = min(max(share, 1e-12), 1 - 1e-12)
    if share > 0.97575 { return -quantile(1 - share) }
    if share < 0.02425 {
      let q = (-2 * log(share)).squareRoot()
      return horner(c, q) / horner(d, q)
    }
    let q = share - 0.5
    return q * horner(a, q * q) / horner(b, q * q)
  }
}
