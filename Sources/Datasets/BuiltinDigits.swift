/// The built-in digits as they stand in the file: 1,797 images of 8 × 8, all of them, in its order.
package struct BuiltinDigits: Sendable {
  /// Numbers of one image.
  package static let size = 64

  /// Values 0…16, image by image and row by row.
  package let values: [Float]
  package let labels: [Int32]

  /// Unpacks the images.
  ///
  /// - Throws: `ServiceError(.dataset)` never in practice: the file is part of the program.
  package init() throws {
    let reader = try PartReader(
      MemorySource(PackageResources.digits_csv_gz), part: "digits", limit: .max)
    var tokenizer = try CSVTokenizer(reader)
    var row = CSVTokenizer.Row()
    var values: [Float] = []
    var labels: [Int32] = []
    _ = try tokenizer.next(&row)
    let columns = (0..<row.count).map(row.text)
    guard let label = columns.firstIndex(of: "label") else {
      throw reader.fault("row 1: no column 'label'")
    }
    while try tokenizer.next(&row) {
      for column in columns.indices {
        guard case .finite(let value) = DecimalNumber(row.field(column)) else {
          throw reader.fault("row \(row.number), column \(column + 1): not a number")
        }
        if column == label { labels.append(Int32(value)) } else { values.append(Float(value)) }
      }
    }
    guard values.count == labels.count * BuiltinDigits.size else {
      throw reader.fault("\(values.count) values for \(labels.count) images")
    }
    self.values = values
    self.labels = labels
  }
}
