/// Sizes beyond which a data set is refused, so that no input can exhaust the memory.
enum DatasetLimits {
  /// Values of one row: a colour image of 512 × 512, say.
  static let valuesPerRow = 1 << 20
  static let classes = 1000
  /// Bytes of one CSV row.
  static let rowBytes = 1 << 25
}
