internal import Domain

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How alike two genotypes are: exp of minus the summed weights of the points where they differ.
///
/// Points whose values form a scale count in proportion to the steps between the values; a point that
/// is active in one genotype alone counts fully.
struct DecisionKernel: Sendable {
  /// Values of a genotype, counted from 1; 0 where a point is inactive.
  typealias Code = [Int]

  /// Per point the factor of every pair of values, a row for each.
  private let tables: [[Double]]
  /// Per point how long a row is.
  private let strides: [Int]

  /// - Parameter weights: one per point, at least 0.
  init(points: [DecisionPoint], weights: [Double]) {
    strides = points.map { $0.values.count + 1 }
    tables = zip(points, weights).map { point, weight in
      let count = point.values.count + 1
      let steps = Double(max(1, point.values.count - 1))
      var table = [Double](repeating: 1, count: count * count)
      for first in 0..<count {
        for second in 0..<count where second != first {
          let isScaled = point.isOrdered && first > 0 && second > 0
          let distance = isScaled ? Double(abs(first - second)) / steps : 1
          table[first * count + second] = exp(-weight * distance)
        }
      }
      return table
    }
  }

  static func code(_ genotype: Genotype) -> Code { genotype.decisions.map { ($0 ?? -1) + 1 } }

  /// The likeness of one genotype to each of several, in (0, 1].
  ///
  /// - Parameter columns: the others' values, all of the first point, then all of the second, …; see
  ///   `columns`.
  func likeness(_ code: Code, to columns: [Int], count: Int) -> [Double] {
    var products = [Double](repeating: 1, count: count)
    for (point, table) in tables.enumerated() {
      let row = code[point] * strides[point]
      let start = point * count
      for index in 0..<count { products[index] *= table[row + columns[start + index]] }
    }
    return products
  }

  /// Values of several genotypes, point by point.
  static func columns(_ codes: [Code]) -> [Int] {
    guard let first = codes.first else { return [] }
    return first.indices.flatMap { point in codes.map { $0[point] } }
  }
}
