internal import Domain

/// Writes rows as normalised floats, as they are or moved and mirrored; allocates only when made.
final class SampleWriter {
  private let shape: TensorShape
  /// Keeps the mapped values alive.
  private let section: RowSection
  private let bytes: UnsafePointer<UInt8>?
  private let floats: UnsafePointer<Float>?
  /// Mean and scale of every value of a sample: the channels' ones repeated.
  private let mean: UnsafeMutablePointer<Float>
  private let scale: UnsafeMutablePointer<Float>

  init(_ rows: Rows, _ normalisation: Normalisation) {
    section = rows.section
    shape = rows.shape
    bytes = section.type == .u8 ? section.bytes.baseAddress : nil
    floats = section.type == .f32 ? section.floats.baseAddress : nil
    mean = .allocate(capacity: shape.count)
    scale = .allocate(capacity: shape.count)
    for position in 0..<shape.count {
      mean[position] = normalisation.mean[position % shape.channels]
      scale[position] = normalisation.scale[position % shape.channels]
    }
  }

  deinit {
    mean.deallocate()
    scale.deallocate()
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
    // Pointers moved before the loop leave nothing in it that could overflow: it becomes SIMD.
    let mean = mean + offset
    let scale = scale + offset
    if let bytes {
      let source = bytes + start
      for i in 0..<count { target[i] = (Float(source[i]) - mean[i]) * scale[i] }
    } else if let floats {
      let source = floats + start
      for i in 0..<count { target[i] = (source[i] - mean[i]) * scale[i] }
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
