internal import Domain

/// Writes rows as normalised floats, as they are or moved and mirrored; allocates only when made.
final class SampleWriter {
  private let rows: Rows
  private let shape: TensorShape
  /// Mean and scale of every value of a sample: the channels' ones repeated.
  private let mean: [Float]
  private let scale: [Float]

  init(_ rows: Rows, _ normalisation: Normalisation) {
    self.rows = rows
    shape = rows.shape
    let pixels = shape.height * shape.width
    mean = (0..<pixels).flatMap { _ in normalisation.mean }
    scale = (0..<pixels).flatMap { _ in normalisation.scale }
  }

  /// Writes the row at an index of the section as it is.
  func write(_ index: Int32, to target: UnsafeMutablePointer<Float>) {
    copy(from: Int(index) * shape.count, at: 0, count: shape.count, to: target)
  }

  /// Writes the row moved by whole pixels, raw zeros shifted in, then mirrored left and right.
  func write(
    _ index: Int32, shift: (y: Int, x: Int), flip: Bool, to target: UnsafeMutablePointer<Float>
  ) {
    let line = shape.width * shape.channels
    let first = max(0, -shift.x)
    let last = min(shape.width, shape.width - shift.x)
    for y in 0..<shape.height {
      let row = target + y * line
      let source = y + shift.y
      guard source >= 0, source < shape.height, first < last else {
        fill(0..<shape.width, of: row)
        continue
      }
      fill(0..<first, of: row)
      fill(last..<shape.width, of: row)
      copy(
        from: Int(index) * shape.count + source * line + (first + shift.x) * shape.channels,
        at: first * shape.channels, count: (last - first) * shape.channels,
        to: row + first * shape.channels)
      if flip { mirror(row) }
    }
  }

  /// Normalises consecutive values; `offset` is a position in a sample of the first one's channel.
  private func copy(
    from start: Int, at offset: Int, count: Int, to target: UnsafeMutablePointer<Float>
  ) {
    mean.withUnsafeBufferPointer { mean in
      scale.withUnsafeBufferPointer { scale in
        guard let mean = mean.baseAddress, let scale = scale.baseAddress else { return }
        if rows.section.type == .u8, let bytes = rows.section.bytes.baseAddress {
          for i in 0..<count {
            target[i] = (Float(bytes[start + i]) - mean[offset + i]) * scale[offset + i]
          }
        } else if let floats = rows.section.floats.baseAddress {
          for i in 0..<count {
            target[i] = (floats[start + i] - mean[offset + i]) * scale[offset + i]
          }
        }
      }
    }
  }

  /// Writes pixels whose raw values are zero.
  private func fill(_ pixels: Range<Int>, of row: UnsafeMutablePointer<Float>) {
    for i in pixels.lowerBound * shape.channels..<pixels.upperBound * shape.channels {
      row[i] = -mean[i] * scale[i]
    }
  }

  private func mirror(_ row: UnsafeMutablePointer<Float>) {
    for x in 0..<shape.width / 2 {
      for channel in 0..<shape.channels {
        let left = x * shape.channels + channel
        let right = (shape.width - 1 - x) * shape.channels + channel
        (row[left], row[right]) = (row[right], row[left])
      }
    }
  }
}
