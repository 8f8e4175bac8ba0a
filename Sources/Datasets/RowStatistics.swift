/// Smallest, largest, mean and deviation of the raw values of some rows.
struct RowStatistics {
  let minimum: Double
  let maximum: Double
  let mean: Double
  /// Root of the mean squared distance from the mean.
  let deviation: Double

  /// Takes all values of the rows in.
  init(_ values: UnsafeRawBufferPointer, type: DecodedHeader.ValueType, width: Int, rows: [Int32]) {
    let count = Double(rows.count * width)
    var sum = 0.0
    var squares = 0.0
    var low = Double.infinity
    var high = -Double.infinity
    if type == .u8 {
      var histogram = [Int](repeating: 0, count: 256)
      for row in rows {
        let start = Int(row) * width
        for value in values[start..<start + width] { histogram[Int(value)] += 1 }
      }
      let present = (0..<256).filter { histogram[$0] > 0 }
      low = Double(present.first ?? 0)
      high = Double(present.last ?? 0)
      sum = present.reduce(0) { $0 + Double($1 * histogram[$1]) }
      let mean = sum / count
      squares = present.reduce(0) { total, value in
        total + Double(histogram[value]) * (Double(value) - mean) * (Double(value) - mean)
      }
    } else {
      let floats = values.bindMemory(to: Float.self)
      for row in rows {
        for value in floats[Int(row) * width..<(Int(row) + 1) * width] {
          sum += Double(value)
          low = min(low, Double(value))
          high = max(high, Double(value))
        }
      }
      let mean = sum / count
      for row in rows {
        for value in floats[Int(row) * width..<(Int(row) + 1) * width] {
          squares += (Double(value) - mean) * (Double(value) - mean)
        }
      }
    }
    minimum = low
    maximum = high
    mean = sum / count
    deviation = (squares / count).squareRoot()
  }
}
