internal import Domain

/// A data set in a line for a terminal.
enum DatasetReport {
  /// Name, shape, classes, rows and digest; or that it is still open.
  static func line(of dataset: Dataset) -> String {
    guard let content = dataset.content else {
      return
        "\(dataset.name)  \(dataset.format)  open: \(dataset.files.count) files put, not sealed yet"
    }
    if let table = content.table {
      return
        "\(dataset.name)  \(dataset.format)  \(content.trainRows) \(table.space.name) strings  "
        + "signal \(table.signal)  report \(table.report)  sha256 \(content.digest)"
    }
    return
      "\(dataset.name)  \(dataset.format)  \(content.shape)  \(content.classes.count) classes  "
      + "\(content.trainRows) + \(content.testRows) rows (test split: \(content.testSplit))  "
      + "sha256 \(content.digest)"
  }
}
