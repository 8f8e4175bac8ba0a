package import Domain

/// A benchmark table: a CSV row per architecture with what a search may see of it and what it is judged by.
///
/// It holds no samples, so it is sealed by itself: its decoded form answers by string.
package struct NASTableFormat: Sendable {
  /// Reads the strings of a space: for each its own spelling.
  ///
  /// - Throws: `SpaceError` when there is no such space, or for a string that is none of it.
  package typealias CodeReader =
    @Sendable (_ space: ComponentChoice) throws -> (@Sendable (_ code: String) throws -> String)

  /// What the registry says of it.
  static let format = DatasetFormat(
    id: "nas-table",
    summary: "CSV of architecture strings with measured accuracies, to search without training",
    requiredParts: ["table"], optionalParts: [])

  /// Shape and number of classes of the networks that the strings stand for, where nothing says them.
  static let shape = TensorShape(height: 32, width: 32, channels: 3)
  static let classes = 10

  /// Folder of the decoded files.
  let folder: String
  let readCodes: CodeReader

  /// Checks, sorts and stores a table.
  ///
  /// - Throws: `ServiceError(.dataset)` that names the row and column that is wrong.
  func seal(
    _ parts: PartFolder, options: DatasetOptions, source: String, licence: String
  ) throws -> DatasetContent {
    guard let table = options.table else {
      throw ServiceError(
        .dataset, "a nas-table needs the options architecture, signal and report: names of columns")
    }
    let reader = try parts.open("table")
    let names = [table.signal, table.report] + (table.cost.map { [$0] } ?? [])
    let file = try ColumnTable(reader, key: table.architecture, columns: names)
    let complete = file.complete
    guard !complete.keys.isEmpty else {
      throw reader.fault("no row has all of \(names.joined(separator: ", "))")
    }
    let space = table.space ?? ComponentChoice("nasbench201-cell")
    let codes = try codes(of: complete, column: table.architecture, in: space, reader)
    let signals = try shares(of: complete, 0, named: table.signal, reader)
    let reports = try shares(of: complete, 1, named: table.report, reader)
    let costs = table.cost == nil ? nil : complete.columns[2]
    if let row = costs?.firstIndex(where: { $0 < 0 }) {
      throw reader.fault(
        "row \(complete.rowNumbers[row]), column '\(names[2])': a cost below 0")
    }
    let order = codes.indices.sorted {
      Array(codes[$0].utf8).lexicographicallyPrecedes(Array(codes[$1].utf8))
    }
    let header = TableHeader(
      space: space, shape: options.shape ?? NASTableFormat.shape,
      classes: options.classNames ?? (0..<NASTableFormat.classes).map(String.init),
      signal: table.signal, report: table.report, cost: table.cost, rows: codes.count,
      textBytes: codes.reduce(0) { $0 + $1.utf8.count })
    let (digest, size) = try write(
      header, order.map { codes[$0] }, signals: order.map { signals[$0] },
      costs: costs.map { costs in order.map { costs[$0] } }, reports: order.map { reports[$0] })
    let mean = signals.reduce(0, +) / Double(signals.count)
    let squares = signals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return DatasetContent(
      digest: digest, shape: header.shape, classes: header.classes, trainRows: codes.count,
      testRows: 0, testSplit: "report column", validationFraction: 0, trainCounts: [],
      testCounts: [], minimum: signals.min() ?? 0, maximum: signals.max() ?? 0, mean: mean,
      deviation: (squares / Double(signals.count)).squareRoot(), sizeBytes: size, source: source,
      licence: licence,
      table: TableContent(
        space: space, signal: table.signal, report: table.report, cost: table.cost,
        incompleteRows: file.keys.count - codes.count))
  }

  private func codes(
    of file: ColumnTable, column: String, in space: ComponentChoice, _ reader: PartReader
  ) throws -> [String] {
    var row: Int?
    do {
      let read = try readCodes(space)
      var seen: [String: Int] = [:]
      var codes: [String] = []
      for (index, key) in file.keys.enumerated() {
        row = file.rowNumbers[index]
        let code = try read(key)
        if let twin = seen.updateValue(file.rowNumbers[index], forKey: code) {
          throw SpaceError("'\(key)' is the architecture of row \(twin)")
        }
        codes.append(code)
      }
      return codes
    } catch let error as SpaceError {
      throw reader.fault((row.map { "row \($0), column '\(column)': " } ?? "") + error.message)
    }
  }

  /// A column of accuracies as shares; one with a value above 1 is of percents.
  private func shares(
    of file: ColumnTable, _ column: Int, named name: String, _ reader: PartReader
  ) throws -> [Double] {
    let values = file.columns[column]
    let most = (values.max() ?? 0) > 1 ? 100.0 : 1
    if let row = values.firstIndex(where: { !(0...most).contains($0) }) {
      throw reader.fault(
        "row \(file.rowNumbers[row]), column '\(name)': \(values[row]) is no accuracy; "
          + "it must be from 0 to \(Int(most))")
    }
    return most == 1 ? values : values.map { $0 / 100 }
  }

  private func write(
    _ header: TableHeader, _ codes: [String], signals: [Double], costs: [Double]?,
    reports: [Double]
  ) throws -> (digest: String, size: Int) {
    let output = try OutputFile(folder: folder)
    try output.write(header.encoded())
    var end: UInt32 = 0
    let ends = codes.map { code in
      end += UInt32(code.utf8.count)
      return end.littleEndian
    }
    try ends.withUnsafeBytes { try output.write($0) }
    for code in codes { try output.write(Array(code.utf8)) }
    try output.align(to: 8)
    for values in [signals, costs ?? []] {
      try values.map(\.bitPattern.littleEndian).withUnsafeBytes { try output.write($0) }
    }
    try output.align(to: 4096)
    try reports.map(\.bitPattern.littleEndian).withUnsafeBytes { try output.write($0) }
    return (try output.finish(digestSuffix: ".atd"), output.count)
  }
}
