internal import Domain

/// Which class indices a format's byte labels may take, and what the classes are called.
struct LabelRules {
  /// Names of the classes, `0`, `1`, … where the options name none.
  var classes: [String] {
    names ?? (0..<(limit ?? highest + 1)).map(String.init)
  }

  private let names: [String]?
  private var limit: Int?
  private var highest = -1

  /// The options' class names bound the labels; else `count` does; else the training labels do.
  init(_ options: DatasetOptions, count: Int? = nil) {
    names = options.classNames
    limit = options.classNames?.count ?? count
  }

  /// Ends the training labels: from now on no new class may come.
  mutating func close() {
    limit = limit ?? highest + 1
  }

  /// Refuses the first label that is out of range; `firstByte` is the position of row 1's label.
  mutating func check(
    _ labels: [UInt8], part: String, firstByte: Int, stride: Int = 1
  ) throws {
    for (row, label) in labels.enumerated() {
      if let limit, Int(label) >= limit {
        throw ServiceError(
          .dataset,
          "\(part): label \(label) of row \(row + 1) at byte \(firstByte + row * stride) "
            + "is out of range; there are \(limit) classes, 0 to \(limit - 1)")
      }
      highest = max(highest, Int(label))
    }
  }
}
