internal import Foundation

/// The Mann–Whitney rank test: whether numbers of one sample tend to lie above those of another.
///
/// - Source: Mann & Whitney 1947, "On a test of whether one of two random variables is stochastically
///   larger than the other": its exact distribution where at most 400 pairs are compared and no two
///   numbers are equal, else the normal approximation with corrections for ties and continuity.
package struct MannWhitney: Codable, Hashable, Sendable {
  /// Pairs in which the first sample is above the second, ties counting half.
  package let u: Double
  /// Share of such pairs, 0…1; 0.5 where the samples do not differ.
  package var effect: Double { pairs > 0 ? u / pairs : 0.5 }
  /// One-sided: how likely so large a `u` is where the samples do not differ.
  package let pAbove: Double
  /// One-sided: how likely so small a `u` is where the samples do not differ.
  package let pBelow: Double
  private let pairs: Double

  private enum CodingKeys: String, CodingKey {
    case u, pairs
    case pAbove = "p_above"
    case pBelow = "p_below"
  }

  /// Compares two samples; without a number in either, nothing is known and both p are 1.
  ///
  /// - Complexity: O((n + m) log(n + m)), and O((n m)²) where the distribution is exact.
  package init(_ first: [Double], against second: [Double]) {
    let n = Double(first.count)
    let m = Double(second.count)
    pairs = n * m
    let pooled = (first.map { ($0, true) } + second.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var rankSum = 0.0
    var ties = 0.0
    var start = 0
    while start < pooled.count {
      var end = start + 1
      while end < pooled.count, pooled[end].0 == pooled[start].0 { end += 1 }
      let size = Double(end - start)
      let rank = (Double(start + 1) + Double(end)) / 2
      rankSum += rank * Double(pooled[start..<end].count { $0.1 })
      ties += size * size * size - size
      start = end
    }
    u = rankSum - n * (n + 1) / 2
    let total = n + m
    let variance = n * m / 12 * (total + 1 - ties / max(1, total * (total - 1)))
    guard n > 0, m > 0, variance > 0 else {
      pAbove = 1
      pBelow = 1
      return
    }
    if ties == 0, pairs <= 400 {
      let counts = MannWhitney.counts(first.count, second.count)
      let all = counts.reduce(0, +)
      let place = Int(u)
      pAbove = counts[place...].reduce(0, +) / all
      pBelow = counts[...place].reduce(0, +) / all
      return
    }
    let deviation = variance.squareRoot()
    pAbove = MannWhitney.upperTail((u - n * m / 2 - 0.5) / deviation)
    pBelow = MannWhitney.upperTail((n * m / 2 - u - 0.5) / deviation)
  }

  /// In how many orders of n and m numbers each u comes about, by u.
  ///
  /// The largest number is one of the n, above all m, or one of the m.
  private static func counts(_ n: Int, _ m: Int) -> [Double] {
    // By m: the counts of so many of the first and of 0…m of the second.
    var rows = Array(repeating: [1.0], count: m + 1)
    for of in 1...n {
      rows[0] = [1]
      var before = rows[0]
      for against in 1...m {
        // rows[against] has one of the first less.
        var counts = Array(repeating: 0.0, count: of * against + 1)
        for (u, count) in rows[against].enumerated() { counts[u + against] += count }
        for (u, count) in before.enumerated() { counts[u] += count }
        rows[against] = counts
        before = counts
      }
    }
    return rows[m]
  }

  private static func upperTail(_ z: Double) -> Double { 0.5 * erfc(z / 2.0.squareRoot()) }
}
