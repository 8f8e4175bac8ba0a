internal import Domain
internal import Foundation

/// Decodes the parts of a data set, draws its test split and writes the decoded file.
struct DatasetSealer {
  /// Share of the rows held out for test where no official test part is given.
  static let testFraction = 0.2
  /// Share of the remaining rows that a job validates on: with the one above, 60/20/20.
  static let validationFraction = 0.25
  /// The same where the test part is official and all other rows are for training: MNIST's 50,000/10,000.
  static let officialValidationFraction = 1.0 / 6

  /// Folder of the decoded files.
  let folder: String
  /// Reads the strings of benchmark tables.
  let readCodes: NASTableFormat.CodeReader

  /// Seals the parts.
  ///
  /// - Throws: `ServiceError(.dataset)` that names the byte or row that is wrong.
  func seal(
    _ parts: PartFolder, format: String, options: DatasetOptions, source: String, licence: String
  ) throws -> DatasetContent {
    try check(options, parts, DatasetFormats.format(format))
    if format == NASTableFormat.format.id {
      return try NASTableFormat(folder: folder, readCodes: readCodes)
        .seal(parts, options: options, source: source, licence: licence)
    }
    let reader = try DatasetFormats.reader(format)
    let table = try reader.read(parts, options: options)
    let split = try TestSplit(table, options)
    let header = DecodedHeader(
      shape: table.shape, type: table.spool.isBytes ? .u8 : .f32, classes: table.classes,
      trainRows: split.train.count, testRows: split.test.count,
      testSplit: split.isOfficial ? "official" : "held out",
      testFraction: split.fraction, testSeed: split.seed)
    let values = try table.spool.map()
    let statistics = RowStatistics(
      values.bytes, type: header.type, width: table.spool.width, rows: split.train)
    let (digest, size) = try write(header, values.bytes, table, split)
    let content = DatasetContent(
      digest: digest, shape: table.shape, classes: table.classes, trainRows: split.train.count,
      testRows: split.test.count, testSplit: header.testSplit,
      validationFraction: split.isOfficial
        ? DatasetSealer.officialValidationFraction : DatasetSealer.validationFraction,
      trainCounts: split.trainCounts, testCounts: split.testCounts,
      minimum: statistics.minimum, maximum: statistics.maximum, mean: statistics.mean,
      deviation: statistics.deviation, sizeBytes: size, source: source, licence: licence)
    guard content.fittingRows > 0 else {
      throw ServiceError(
        .dataset,
        "\(split.train.count) rows outside the test split are too few to train and validate on")
    }
    return content
  }

  private func check(_ options: DatasetOptions, _ parts: PartFolder, _ format: DatasetFormat) throws
  {
    for part in format.requiredParts where !parts.contains(part) {
      throw ServiceError(.dataset, "\(part): missing; the format \(format.id) needs it")
    }
    if let fraction = options.testFraction, !(fraction > 0 && fraction <= 0.5) {
      throw ServiceError(.dataset, "test_fraction \(fraction) must be above 0 and at most 0.5")
    }
    guard let names = options.classNames else { return }
    guard (2...DatasetLimits.classes).contains(names.count) else {
      throw ServiceError(
        .dataset, "\(names.count) class names; there must be 2 to \(DatasetLimits.classes)")
    }
    for (index, name) in names.enumerated() where name.isEmpty || names[..<index].contains(name) {
      throw ServiceError(.dataset, "class name '\(name)' at \(index) is empty or there twice")
    }
  }

  private func write(
    _ header: DecodedHeader, _ values: UnsafeRawBufferPointer, _ table: DecodedTable,
    _ split: TestSplit
  ) throws -> (digest: String, size: Int) {
    let output = try OutputFile(folder: folder)
    try output.write(header.encoded())
    let stride = table.spool.width * header.type.size
    for (section, rows) in [split.train, split.test].enumerated() {
      if section == 1 { try output.align(to: 4096) }
      for row in rows {
        let start = Int(row) * stride
        try output.write(UnsafeRawBufferPointer(rebasing: values[start..<start + stride]))
      }
      try output.align(to: 4)
      try rows.map { table.labels[Int($0)].littleEndian }.withUnsafeBytes { try output.write($0) }
    }
    return (try output.finish(digestSuffix: ".atd"), output.count)
  }
}
