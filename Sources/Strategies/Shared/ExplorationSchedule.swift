/// How often an ε-greedy search draws at random: 1.0 for about half of its iterations, then down to 0.1
/// in tenths.
///
/// - Source: Zhong et al. 2017, arXiv:1708.05552, table 2: 178 iterations.
package struct ExplorationSchedule: Codable, Hashable, Sendable {
  /// Iterations at ε = 1.0, 0.9, …, 0.1 as published.
  package static let published = [95, 7, 7, 7, 10, 10, 10, 10, 10, 12]

  /// Iterations at ε = 1.0, 0.9, …, 0.1.
  package let spans: [Int]

  /// The published spans, scaled to a number of iterations by largest remainders; each at least 1.
  package init(iterations: Int) {
    let published = ExplorationSchedule.published
    let total = published.reduce(0, +)
    let free = max(0, iterations - published.count)
    // One each beforehand; what is left is shared in proportion to what a span lacks.
    let wanted = published.map {
      max(0, Double($0) * Double(iterations) / Double(total) - 1)
    }
    let sum = wanted.reduce(0, +)
    let shares = wanted.map { sum > 0 ? $0 * Double(free) / sum : 0 }
    var spans = shares.map { 1 + Int($0) }
    let missing = max(0, max(iterations, published.count) - spans.reduce(0, +))
    let order = shares.indices.sorted {
      let (first, second) = (
        shares[$0] - shares[$0].rounded(.down), shares[$1] - shares[$1].rounded(.down)
      )
      return first == second ? $0 < $1 : first > second
    }
    for place in order.prefix(missing) { spans[place] += 1 }
    self.spans = spans
  }

  /// Iterations in all.
  package var iterations: Int { spans.reduce(0, +) }

  /// ε of an iteration, from 0; 0.1 after the last.
  package func epsilon(_ iteration: Int) -> Double {
    var end = 0
    for (place, span) in spans.enumerated() {
      end += span
      if iteration < end { return Double(10 - place) / 10 }
    }
    return 0.1
  }
}
