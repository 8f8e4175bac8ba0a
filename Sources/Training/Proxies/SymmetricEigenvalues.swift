/// The eigenvalues of a symmetric matrix.
package struct SymmetricEigenvalues: Hashable, Sendable {
  /// Ascending.
  package let values: [Double]

  /// Turns the matrix until nothing is left beside its diagonal (cyclic Jacobi).
  ///
  /// - Complexity: O(n³) a sweep; some ten sweeps.
  /// - Source: Golub & Van Loan, "Matrix Computations", §8.5.
  package init(_ matrix: [[Double]]) {
    let count = matrix.count
    var a = matrix
    let scale = a.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } }
    for _ in 0..<60 {
      var beside = 0.0
      for row in 0..<count { for column in 0..<row { beside += a[row][column] * a[row][column] } }
      guard beside > scale * 1e-30 else { break }
      for p in 0..<count {
        for q in p + 1..<max(count, p + 1) where a[p][q] != 0 {
          let half = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let root = abs(half) + (1 + half * half).squareRoot()
          let tangent = half < 0 ? -1 / root : 1 / root
          let cosine = 1 / (1 + tangent * tangent).squareRoot()
          let sine = tangent * cosine
          for k in 0..<count {
            let (x, y) = (a[k][p], a[k][q])
            a[k][p] = cosine * x - sine * y
            a[k][q] = sine * x + cosine * y
          }
          for k in 0..<count {
            let (x, y) = (a[p][k], a[q][k])
            a[p][k] = cosine * x - sine * y
            a[q][k] = sine * x + cosine * y
          }
        }
      }
    }
    values = (0..<count).map { a[$0][$0] }.sorted()
  }
}
