package import Domain

/// Paths on which every value of every decision point comes equally often.
///
/// A block has as many paths as the point of most values has values, in which each of these comes once. A
/// point of fewer values goes on in the next block where this one has ended.
///
/// - Source: Chu et al. 2021, arXiv:1907.01845, §3.
package struct FairPaths: Sendable {
  private let points: [DecisionPoint]
  /// By point: the values to draw from.
  private let values: [[Int]]
  /// By point: values in shuffled order that are not used yet.
  private var columns: [[Int]]

  package init(_ points: [DecisionPoint], values: [[Int]]) {
    (self.points, self.values) = (points, values)
    columns = points.map { _ in [] }
  }

  /// The next block.
  package mutating func next(using generator: inout SeededGenerator) -> [Genotype] {
    let count = values.reduce(1) { max($0, $1.count) }
    for index in points.indices {
      while columns[index].count < count { columns[index] += generator.shuffled(values[index]) }
    }
    defer { for index in points.indices { columns[index].removeFirst(count) } }
    return (0..<count).map { place in
      var genotype = Genotype(Array(repeating: nil, count: points.count))
      for index in points.indices where genotype.isActive(index, in: points) {
        genotype.decisions[index] = columns[index][place]
      }
      return genotype
    }
  }
}
