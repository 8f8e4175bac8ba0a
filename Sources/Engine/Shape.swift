/// The extents of one sample, without the batch.
package struct Shape: Codable, Hashable, Sendable, CustomStringConvertible {
  package let height: Int
  package let width: Int
  package let channels: Int

  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// A vector: 1 × 1 × `channels`.
  package init(channels: Int) {
    self.init(height: 1, width: 1, channels: channels)
  }

  /// Values of one sample.
  package var count: Int { height * width * channels }

  package var description: String { "\(height)×\(width)×\(channels)" }
}
