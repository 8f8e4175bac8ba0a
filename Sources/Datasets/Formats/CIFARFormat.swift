internal import Domain
internal import Foundation

/// CIFAR-10's binary records: one label byte, then 32 × 32 red, green and blue bytes, row-major.
///
/// Several files may be concatenated, packed or not, for a file is nothing but records.
/// - Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images", binary version.
struct CIFARFormat: FormatReader {
  private static let shape = TensorShape(height: 32, width: 32, channels: 3)
  private static let record = 1 + 32 * 32 * 3

  let format = DatasetFormat(
    id: "cifar-binary",
    summary: "CIFAR-10's binary records of 3073 bytes: a label, then 32×32 red, green, blue planes",
    requiredParts: ["train"], optionalParts: ["test"])

  func read(_ parts: PartFolder, options: DatasetOptions) throws -> DecodedTable {
    let spool = try RowSpool(folder: parts.spoolFolder, width: CIFARFormat.shape.count)
    // Ten classes as published, so that no other file passes for one of these by chance.
    var rules = LabelRules(options, count: 10)
    var labels = try records(parts.open("train"), into: spool, &rules)
    var testRows: Int?
    if parts.contains("test") {
      let test = try records(parts.open("test"), into: spool, &rules)
      testRows = test.count
      labels += test
    }
    return DecodedTable(
      shape: CIFARFormat.shape, classes: rules.classes, spool: spool,
      labels: labels.map(Int32.init), officialTestRows: testRows)
  }

  private func records(
    _ reader: PartReader, into spool: RowSpool, _ rules: inout LabelRules
  ) throws -> [UInt8] {
    let area = 32 * 32
    var labels: [UInt8] = []
    var record = [UInt8](repeating: 0, count: CIFARFormat.record)
    var row = [UInt8](repeating: 0, count: CIFARFormat.shape.count)
    while true {
      let count = try record.withUnsafeMutableBytes { try reader.read(into: $0) }
      if count == 0 { break }
      guard count == record.count else {
        throw reader.fault(
          "truncated: record \(labels.count + 1) has \(count) of \(record.count) bytes; "
            + "the data ends at byte \(reader.offset)")
      }
      for channel in 0..<3 {
        for pixel in 0..<area {
          row[pixel * 3 + channel] = record[1 + channel * area + pixel]
        }
      }
      labels.append(record[0])
      try spool.append(bytes: row)
    }
    guard !labels.isEmpty else { throw reader.fault("zero rows: the file is empty") }
    try rules.check(labels, part: reader.part, firstByte: 0, stride: CIFARFormat.record)
    return labels
  }
}
