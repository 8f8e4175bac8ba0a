internal import Domain

/// Mean and scale of each channel (of each feature, where a row is 1 × 1 × n), from training rows only.
package struct Normalisation: Hashable, Sendable {
  /// What is subtracted from a channel's values.
  package let mean: [Float]
  /// What the difference is multiplied with: 1 / deviation, or 1 for a channel that never changes.
  package let scale: [Float]

  /// Measures the rows that a network is fitted on.
  ///
  /// - Complexity: one pass over bytes, two over floats; sums in double in the order of the rows.
  package init(fitting rows: Rows) {
    let channels = rows.shape.channels
    let pixels = rows.shape.height * rows.shape.width
    let count = Double(max(1, rows.count * pixels))
    let (means, squares) =
      rows.section.type == .u8
      ? Normalisation.byteMoments(rows, channels: channels, count)
      : Normalisation.floatMoments(rows, channels: channels, count)
    mean = means.map { Float($0) }
    scale = zip(means, squares).map { mean, square in
      let deviation = (square / count).squareRoot()
      // Below the resolution of a float the channel is constant and its noise must not be blown up.
      return deviation > 1e-6 * Swift.max(abs(mean), 1e-30) ? Float(1 / deviation) : 1
    }
  }

  private static func byteMoments(
    _ rows: Rows, channels: Int, _ count: Double
  ) -> (means: [Double], squares: [Double]) {
    let width = rows.shape.count
    let bytes = rows.section.bytes
    var histogram = [Int](repeating: 0, count: channels * 256)
    for index in rows.indices {
      var position = Int(index) * width
      let end = position + width
      while position < end {
        for channel in 0..<channels {
          histogram[channel * 256 + Int(bytes[position + channel])] += 1
        }
        position += channels
      }
    }
    var means: [Double] = []
    var squares: [Double] = []
    for channel in 0..<channels {
      let counts = histogram[channel * 256..<(channel + 1) * 256]
      let sum = counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }
      let mean = Double(sum) / count
      means.append(mean)
      squares.append(
        counts.enumerated().reduce(0.0) { total, entry in
          let distance = Double(entry.offset) - mean
          return total + Double(entry.element) * distance * distance
        })
    }
    return (means, squares)
  }

  private static func floatMoments(
    _ rows: Rows, channels: Int, _ count: Double
  ) -> (means: [Double], squares: [Double]) {
    let width = rows.shape.count
    let floats = rows.section.floats
    var means = [Double](repeating: 0, count: channels)
    for index in rows.indices {
      for position in 0..<width {
        means[position % channels] += Double(floats[Int(index) * width + position])
      }
    }
    for channel in 0..<channels { means[channel] /= count }
    var squares = [Double](repeating: 0, count: channels)
    for index in rows.indices {
      for position in 0..<width {
        let channel = position % channels
        let distance = Double(floats[Int(index) * width + position]) - means[channel]
        squares[channel] += distance * distance
      }
    }
    return (means, squares)
  }
}
