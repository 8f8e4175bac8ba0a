/// Products of vectors and row-major matrices in double precision, each sum in one fixed order.
enum Dense {
  /// y += x W.
  ///
  /// - Shapes: x [rows], w [rows, columns], y [columns]; y overlaps neither.
  static func multiply(
    _ x: UnsafePointer<Double>, rows: Int, _ w: UnsafePointer<Double>, columns: Int,
    into y: UnsafeMutablePointer<Double>
  ) {
    var row = 0
    while row + 4 <= rows {
      let (a, b, c, d) = (x[row], x[row + 1], x[row + 2], x[row + 3])
      let first = w + row * columns
      let second = first + columns
      let third = second + columns
      let fourth = third + columns
      for column in 0..<columns {
        y[column] +=
          (a * first[column] + b * second[column]) + (c * third[column] + d * fourth[column])
      }
      row += 4
    }
    while row < rows {
      let line = w + row * columns
      for column in 0..<columns { y[column] += x[row] * line[column] }
      row += 1
    }
  }

  /// dx += W dy and dW += xᵀ dy: the gradient of `multiply`.
  static func multiplyGradient(
    _ x: UnsafePointer<Double>, rows: Int, _ w: UnsafePointer<Double>, columns: Int,
    gradient dy: UnsafePointer<Double>, into dx: UnsafeMutablePointer<Double>,
    _ dw: UnsafeMutablePointer<Double>
  ) {
    let whole = columns / 4 * 4
    for row in 0..<rows {
      let line = w + row * columns
      let target = dw + row * columns
      let factor = x[row]
      // Four sums side by side, then added in pairs.
      var sums = SIMD4<Double>.zero
      for column in stride(from: 0, to: whole, by: 4) {
        let dy = UnsafeRawPointer(dy + column).loadUnaligned(as: SIMD4<Double>.self)
        sums += dy * UnsafeRawPointer(line + column).loadUnaligned(as: SIMD4<Double>.self)
        let old = UnsafeRawPointer(target + column).loadUnaligned(as: SIMD4<Double>.self)
        UnsafeMutableRawPointer(target + column).storeBytes(
          of: old + factor * dy, as: SIMD4<Double>.self)
      }
      var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
      for column in whole..<columns {
        sum += dy[column] * line[column]
        target[column] += factor * dy[column]
      }
      dx[row] += sum
    }
  }
}
