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
    var a = Array(matrix.joined())
    let scale = a.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<60 {
      var beside = 0.0
      for row in 0..<count {
        for place in row * count..<row * count + row { beside += a[place] * a[place] }
      }
      guard beside > scale * 1e-30 else { break }
      for q in 1..<max(count, 1) {
        for p in 0..<q where a[p * count + q] != 0 {
          let half = (a[q * count + q] - a[p * count + p]) / (2 * a[p * count + q])
          let root = abs(half) + (1 + half * half).squareRoot()
          let tangent = half < 0 ? -1 / root : 1 / root
          let cosine = 1 / (1 + tangent * tangent).squareRoot()
          SymmetricEigenvalues.turn(&a, p, q, cosine, tangent * cosine, count)
        }
      }
    }
    values = (0..<count).map { a[$0 * count + $0] }.sorted()
  }

  /// Turns columns p and q, then rows p and q.
  private static func turn(
    _ a: inout [Double], _ p: Int, _ q: Int, _ cosine: Double, _ sine: Double, _ count: Int
  ) {
    a.withUnsafeMutableBufferPointer { a in
      for k in 0..<count {
        let (x, y) = (a[k * count + p], a[k * count + q])
        a[k * count + p] = cosine * x - sine * y
        a[k * count + q] = sine * x + cosine * y
      }
      for k in 0..<count {
        let (x, y) = (a[p * count + k], a[q * count + k])
        a[p * count + k] = cosine * x - sine * y
        a[q * count + k] = sine * x + cosine * y
      }
    }
  }
}
