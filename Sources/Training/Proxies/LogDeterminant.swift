#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The logarithm of the determinant of a symmetric matrix that has no negative eigenvalue.
package struct LogDeterminant: Hashable, Sendable {
  /// −∞ where the matrix is singular to the precision of doubles.
  package let value: Double

  /// Factors the matrix, of which the lower half is read (Cholesky).
  ///
  /// - Complexity: O(n³).
  package init(_ matrix: [[Double]]) {
    let count = matrix.count
    let largest = (0..<count).map { matrix[$0][$0] }.max() ?? 0
    // What rounding leaves of a pivot that should be zero.
    let least = largest * Double(count) * 1e-14
    var factor = matrix
    var sum = 0.0
    for row in 0..<count {
      for column in 0...row {
        var rest = factor[row][column]
        for inner in 0..<column { rest -= factor[row][inner] * factor[column][inner] }
        if column < row {
          factor[row][column] = rest / factor[column][column]
          continue
        }
        guard rest > least else {
          value = -.infinity
          return
        }
        sum += log(rest)
        factor[row][row] = rest.squareRoot()
      }
    }
    value = sum
  }
}
