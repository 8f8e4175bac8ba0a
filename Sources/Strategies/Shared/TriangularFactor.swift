/// The Cholesky factor of a growing matrix, row by row.
///
/// A row depends on the rows above it alone, so a factor that grew and one made at once have equal bits.
package struct TriangularFactor: Sendable {
  /// Rows of the lower triangle, one after the other.
  private var entries: [Double] = []
  package private(set) var count = 0
  /// Half the logarithm of the determinant is the sum of the diagonal's logarithms.
  package private(set) var diagonal: [Double] = []

  /// Starts with no rows.
  package init() {}

  /// Drops the rows from `count` on.
  package mutating func truncate(to count: Int) {
    guard count < self.count else { return }
    self.count = count
    entries.removeLast(entries.count - count * (count + 1) / 2)
    diagonal.removeLast(diagonal.count - count)
  }

  /// Appends the row of a matrix: `row` holds its entries up to and with the diagonal.
  ///
  /// - Complexity: O(n²).
  package mutating func append(_ row: some Collection<Double>) {
    let start = entries.count
    entries.append(contentsOf: row)
    entries.withUnsafeMutableBufferPointer { entries in
      for column in 0...count {
        let sum = TriangularFactor.dot(
          UnsafeBufferPointer(rebasing: entries[start..<start + column]),
          UnsafeBufferPointer(
            rebasing: entries[column * (column + 1) / 2..<column * (column + 1) / 2 + column]))
        let rest = entries[start + column] - sum
        // Rounding must not break a matrix that is nearly singular.
        entries[start + column] =
          column < count ? rest / diagonal[column] : max(rest, 1e-10).squareRoot()
      }
    }
    diagonal.append(entries[start + count])
    count += 1
  }

  /// Solves L x = y for the first `rows` rows.
  package func solve(_ y: [Double], rows: Int) -> [Double] {
    var x = y
    entries.withUnsafeBufferPointer { entries in
      x.withUnsafeMutableBufferPointer { x in
        for row in 0..<rows {
          let start = row * (row + 1) / 2
          let sum = TriangularFactor.dot(
            UnsafeBufferPointer(rebasing: entries[start..<start + row]),
            UnsafeBufferPointer(rebasing: x[..<row]))
          x[row] = (x[row] - sum) / diagonal[row]
        }
      }
    }
    return x
  }

  /// Solves Lᵀ x = z for the first `rows` rows.
  package func solveTransposed(_ z: [Double], rows: Int) -> [Double] {
    var x = z
    entries.withUnsafeBufferPointer { entries in
      x.withUnsafeMutableBufferPointer { x in
        for row in stride(from: rows - 1, through: 0, by: -1) {
          let start = row * (row + 1) / 2
          let value = x[row] / diagonal[row]
          x[row] = value
          for column in 0..<row { x[column] -= entries[start + column] * value }
        }
      }
    }
    return x
  }

  /// For every column of B the squared length of L⁻¹ B; `columns` holds B's rows, each `width` long.
  ///
  /// - Complexity: O(n² · width); the inner loop runs over columns, so that it can be vectorised
  ///   without changing the order of any sum.
  package func squaredLengths(_ columns: [Double], width: Int) -> [Double] {
    var b = columns
    var lengths = [Double](repeating: 0, count: width)
    entries.withUnsafeBufferPointer { entries in
      b.withUnsafeMutableBufferPointer { b in
        lengths.withUnsafeMutableBufferPointer { lengths in
          for row in 0..<count {
            let start = row * (row + 1) / 2
            let target = row * width
            for column in 0..<row {
              let factor = entries[start + column]
              let source = column * width
              for index in 0..<width { b[target + index] -= factor * b[source + index] }
            }
            let divisor = diagonal[row]
            for index in 0..<width {
              let value = b[target + index] / divisor
              b[target + index] = value
              lengths[index] += value * value
            }
          }
        }
      }
    }
    return lengths
  }

  /// A scalar product in four running sums, always in the same order.
  private static func dot(
    _ first: UnsafeBufferPointer<Double>, _ second: UnsafeBufferPointer<Double>
  ) -> Double {
    var sums = SIMD4<Double>.zero
    var index = 0
    while index + 4 <= first.count {
      let a = SIMD4(first[index], first[index + 1], first[index + 2], first[index + 3])
      let b = SIMD4(second[index], second[index + 1], second[index + 2], second[index + 3])
      sums += a * b
      index += 4
    }
    var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
    while index < first.count {
      sum += first[index] * second[index]
      index += 1
    }
    return sum
  }
}
