/// The shape of one sample's tensor: an image of height × width × channels; a row of features is 1 × 1 × n.
package struct TensorShape: Codable, Hashable, Sendable, CustomStringConvertible {
  package var height: Int
  package var width: Int
  package var channels: Int

  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// A row of features.
  package init(features: Int) {
    self.init(height: 1, width: 1, channels: features)
  }

  /// Numbers in one sample.
  package var count: Int { height * width * channels }

  package var description: String { "\(height)×\(width)×\(channels)" }
}
