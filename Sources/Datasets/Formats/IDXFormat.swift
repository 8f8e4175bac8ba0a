internal import Domain
internal import Foundation

/// IDX files as MNIST comes in: unsigned bytes of grey (N, H, W) or colour (N, H, W, C) images, and labels.
///
/// - Source: LeCun, Cortes & Burges, "The MNIST database of handwritten digits", file formats.
struct IDXFormat: FormatReader {
  let format = DatasetFormat(
    id: "idx",
    summary:
      "IDX files of unsigned bytes (MNIST's format): grey idx3 or colour idx4 images, idx1 labels",
    requiredParts: ["train_images", "train_labels"],
    optionalParts: ["test_images", "test_labels"])

  func read(_ parts: PartFolder, options: DatasetOptions) throws -> DecodedTable {
    let hasTest = parts.contains("test_images")
    guard hasTest == parts.contains("test_labels") else {
      let (present, missing) =
        hasTest ? ("test_images", "test_labels") : ("test_labels", "test_images")
      throw ServiceError(.dataset, "\(missing): missing, although \(present) was put")
    }
    let training = try parts.open("train_images")
    let header = try imageHeader(training)
    let spool = try RowSpool(folder: parts.spoolFolder, width: header.shape.count)
    try copyImages(training, count: header.count, into: spool)
    let trainLabels = try labels("train_labels", parts, images: ("train_images", header.count))
    var rules = LabelRules(options)
    try rules.check(trainLabels, part: "train_labels", firstByte: 8)
    var testLabels: [UInt8] = []
    if hasTest {
      let testing = try parts.open("test_images")
      let testHeader = try imageHeader(testing)
      guard testHeader.shape == header.shape else {
        throw testing.fault(
          "images of \(testHeader.shape) at byte 4, but those of train_images are \(header.shape)")
      }
      try copyImages(testing, count: testHeader.count, into: spool)
      testLabels = try labels("test_labels", parts, images: ("test_images", testHeader.count))
      rules.close()
      try rules.check(testLabels, part: "test_labels", firstByte: 8)
    }
    return DecodedTable(
      shape: header.shape, classes: rules.classes, spool: spool,
      labels: (trainLabels + testLabels).map(Int32.init),
      officialTestRows: hasTest ? testLabels.count : nil)
  }

  private func imageHeader(_ reader: PartReader) throws -> (count: Int, shape: TensorShape) {
    let sizes = try sizes(reader, dimensions: [3, 4], kind: "images")
    for (index, size) in sizes.enumerated().dropFirst() where !(1...65536).contains(size) {
      throw reader.fault(
        "size \(size) of dimension \(index + 1) at byte \(4 + 4 * index); it must be 1 to 65536")
    }
    let shape = TensorShape(
      height: sizes[1], width: sizes[2], channels: sizes.count == 4 ? sizes[3] : 1)
    guard shape.count <= DatasetLimits.valuesPerRow else {
      throw reader.fault(
        "images of \(shape) at byte 4; a row may have \(DatasetLimits.valuesPerRow) values")
    }
    return (sizes[0], shape)
  }

  private func copyImages(_ reader: PartReader, count: Int, into spool: RowSpool) throws {
    var rest = count * spool.width
    let end = reader.offset + rest
    while rest > 0 {
      let run = try reader.run()
      guard !run.isEmpty else {
        throw reader.fault(
          "truncated: the header announces \(count) images, which end at byte \(end), "
            + "but the data ends at byte \(reader.offset)")
      }
      guard run.count <= rest else {
        throw reader.fault("trailing bytes: the data ends at byte \(end), but more follow")
      }
      try spool.append(bytes: run)
      rest -= run.count
    }
    try reader.expectEnd()
  }

  private func labels(
    _ part: String, _ parts: PartFolder, images: (part: String, count: Int)
  ) throws -> [UInt8] {
    let reader = try parts.open(part)
    let count = try sizes(reader, dimensions: [1], kind: "labels")[0]
    guard count == images.count else {
      throw reader.fault(
        "\(count) labels at byte 4, but \(images.part) has \(images.count) images")
    }
    var labels = [UInt8](repeating: 0, count: count)
    let found = try labels.withUnsafeMutableBytes { try reader.read(into: $0) }
    guard found == count else {
      throw reader.fault(
        "truncated: the header announces \(count) labels, which end at byte \(8 + count), "
          + "but the data ends at byte \(reader.offset)")
    }
    try reader.expectEnd()
    return labels
  }

  /// Reads the magic number and the sizes after it.
  private func sizes(_ reader: PartReader, dimensions: [Int], kind: String) throws -> [Int] {
    let magic = try bytes(4, of: reader)
    let wanted = dimensions.map { "00 00 08 0\($0)" }.joined(separator: " or ")
    guard magic[0] == 0, magic[1] == 0, magic[2] == 8, dimensions.contains(Int(magic[3])) else {
      let found = magic.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      throw reader.fault(
        "wrong magic \(found.joined(separator: " ")) at byte 0; "
          + "\(kind) as IDX of unsigned bytes begin with \(wanted)")
    }
    let raw = try bytes(4 * Int(magic[3]), of: reader)
    let sizes = stride(from: 0, to: raw.count, by: 4).map { start in
      raw[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    guard sizes[0] > 0 else { throw reader.fault("zero rows: the size at byte 4 is 0") }
    return sizes
  }

  private func bytes(_ count: Int, of reader: PartReader) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let found = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
    guard found == count else {
      throw reader.fault("truncated: the header ends at byte \(reader.offset)")
    }
    return bytes
  }
}
