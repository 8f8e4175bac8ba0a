/// Mean, deviation and interval of some numbers; those that are not finite are left out.
package struct Summary: Hashable, Sendable {
  /// How many numbers there were.
  package let count: Int
  package let mean: Double
  /// Standard deviation of the sample.
  package let deviation: Double
  /// Half the width of the 95 % interval of the mean; infinite for fewer than two numbers.
  package let margin: Double

  /// Ends of that interval.
  package var low: Double { mean - margin }
  package var high: Double { mean + margin }

  /// Sums numbers up; the mean of none is NaN.
  package init(_ values: [Double]) {
    let values = values.filter(\.isFinite)
    let count = Double(values.count)
    let mean = values.isEmpty ? .nan : values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.count = values.count
    self.mean = mean
    deviation = values.count > 1 ? (squares / (count - 1)).squareRoot() : 0
    margin =
      values.count > 1
      ? Summary.studentQuantile(freedom: count - 1) * deviation / count.squareRoot() : .infinity
  }

  /// The 97.5 % quantile of Student's distribution, to 1 % from 3 degrees of freedom on.
  ///
  /// - Source: Hill 1970, expansion in the normal quantile (Abramowitz & Stegun 26.7.5).
  private static func studentQuantile(freedom: Double) -> Double {
    let z = 1.959_963_984_540_054
    let cube = z * z * z
    let fifth = cube * z * z
    let seventh = fifth * z * z
    return z + (cube + z) / (4 * freedom)
      + (5 * fifth + 16 * cube + 3 * z) / (96 * freedom * freedom)
      + (3 * seventh + 19 * fifth + 17 * cube - 15 * z) / (384 * freedom * freedom * freedom)
  }
}
