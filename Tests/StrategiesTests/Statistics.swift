import Domain
import Foundation

/// One-sided Mann–Whitney test: how likely it is that `larger` lies above `smaller` by chance.
///
/// Normal approximation with corrections for ties and continuity.
func mannWhitney(_ larger: [Double], above smaller: [Double]) -> Double {
  let n = Double(larger.count)
  let m = Double(smaller.count)
  var u = 0.0
  for a in larger {
    for b in smaller { u += a > b ? 1 : a == b ? 0.5 : 0 }
  }
  var ties = 0.0
  for (_, group) in Dictionary(grouping: larger + smaller, by: { $0 }) {
    let t = Double(group.count)
    ties += t * t * t - t
  }
  let total = n + m
  let variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
  let z = (u - n * m / 2 - 0.5) / variance.squareRoot()
  return 0.5 * erfc(z / 2.0.squareRoot())
}

extension SeededGenerator {
  /// A number of the standard normal distribution (Box–Muller).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * Double.pi * unit())
  }
}
