internal import Domain

/// CSV: numeric columns and one label column, with or without a header.
struct CSVFormat: FormatReader {
  let format = DatasetFormat(
    id: "csv",
    summary: "CSV of numeric columns and one label column (numbers or names), header optional",
    requiredParts: ["train"], optionalParts: ["test"])

  func read(_ parts: PartFolder, options: DatasetOptions) throws -> DecodedTable {
    let training = try CSVPart(parts.open("train"), options: options, like: nil)
    let layout = training.layout
    let spool = try RowSpool(folder: parts.spoolFolder, width: layout.features)
    let trainLabels = try training.readRows(into: spool)
    let scheme = try CSVLabelScheme(trainLabels, names: options.classNames, training.reader)
    var labels = try scheme.resolve(trainLabels, training.reader)
    var testRows: Int?
    if parts.contains("test") {
      let testing = try CSVPart(parts.open("test"), options: options, like: layout)
      let test = try scheme.resolve(testing.readRows(into: spool), testing.reader)
      testRows = test.count
      labels += test
    }
    return DecodedTable(
      shape: options.shape ?? TensorShape(features: layout.features), classes: scheme.classes,
      spool: spool, labels: labels, officialTestRows: testRows)
  }
}

/// The columns of a CSV file.
struct CSVLayout {
  let columns: Int
  /// Index of the label column.
  let label: Int
  /// Names of the columns; nil without a header.
  let names: [String]?

  /// Columns that are not the label.
  var features: Int { columns - 1 }

  /// A column for a message: its number from 1, and its name where it has one.
  func name(of column: Int) -> String {
    guard let names else { return "column \(column + 1)" }
    return "column \(column + 1) ('\(names[column])')"
  }
}

/// One CSV part: its layout from the first two rows, then its rows.
final class CSVPart {
  let reader: PartReader
  let layout: CSVLayout
  private var tokenizer: CSVTokenizer
  private var pending: [CSVTokenizer.Row]

  /// Reads the layout.
  ///
  /// - Parameter training: the layout that a test part must share.
  init(_ reader: PartReader, options: DatasetOptions, like training: CSVLayout?) throws {
    self.reader = reader
    tokenizer = try CSVTokenizer(reader)
    var first = CSVTokenizer.Row()
    guard try tokenizer.next(&first) else { throw reader.fault("zero rows: the file is empty") }
    var second = CSVTokenizer.Row()
    let hasSecond = try tokenizer.next(&second)
    let isHeader = CSVPart.isHeader(first, hasSecond ? second : nil, options)
    pending = (isHeader ? [] : [first]) + (hasSecond ? [second] : [])
    let names = isHeader ? (0..<first.count).map(first.text) : nil
    if let training {
      if let names, let known = training.names, names != known {
        throw reader.fault("row 1: the columns are not those of train")
      }
      guard first.count == training.columns else {
        throw reader.fault("row 1: \(first.count) columns, but train has \(training.columns)")
      }
      layout = training
    } else {
      let label = try CSVPart.labelColumn(options, names, columns: first.count, reader)
      layout = CSVLayout(columns: first.count, label: label, names: names)
      try CSVPart.check(layout, options, reader)
    }
  }

  /// Reads all rows; returns their labels.
  ///
  /// - Throws: `ServiceError(.dataset)` with the row and column that is wrong.
  func readRows(into spool: RowSpool) throws -> CSVLabels {
    var labels = CSVLabels()
    var values = [Float](repeating: 0, count: layout.features)
    for row in pending where !(row.isBlank && pending.count == 1) {
      try take(row, &values, &labels, spool)
    }
    var row = CSVTokenizer.Row()
    var blank: Int?
    while try tokenizer.next(&row) {
      // Empty lines are fine at the end alone.
      if row.isBlank, layout.columns > 1 {
        blank = blank ?? row.number
        continue
      }
      if let blank { throw reader.fault("row \(blank): the line is empty") }
      try take(row, &values, &labels, spool)
    }
    guard !labels.rows.isEmpty else { throw reader.fault("zero rows after the header") }
    return labels
  }

  private func take(
    _ row: CSVTokenizer.Row, _ values: inout [Float], _ labels: inout CSVLabels, _ spool: RowSpool
  ) throws {
    guard row.count == layout.columns else {
      throw reader.fault(
        "row \(row.number): \(row.count) columns, but the first row has \(layout.columns)")
    }
    var index = 0
    for column in 0..<row.count where column != layout.label {
      switch DecimalNumber(row.field(column)) {
      case .finite(let value): values[index] = Float(value)
      case .notFinite: throw fault(row, column, "is not a finite number")
      case .notANumber: throw fault(row, column, "is not a number")
      }
      index += 1
    }
    guard let label = String(validating: row.field(layout.label), as: UTF8.self) else {
      throw fault(row, layout.label, "is not UTF-8")
    }
    try labels.add(label, row: row.number, reader)
    try spool.append(values)
  }

  private func fault(_ row: CSVTokenizer.Row, _ column: Int, _ what: String) -> ServiceError {
    let text = row.text(column).prefix(40)
    return reader.fault("row \(row.number), \(layout.name(of: column)): '\(text)' \(what)")
  }

  /// True where the first row names the columns: words alone, the label column's name, or a word where
  /// the next row's label is a number.
  private static func isHeader(
    _ first: CSVTokenizer.Row, _ second: CSVTokenizer.Row?, _ options: DatasetOptions
  ) -> Bool {
    func isWord(_ row: CSVTokenizer.Row, _ column: Int) -> Bool {
      DecimalNumber(row.field(column)) == .notANumber
    }
    let texts = (0..<first.count).map(first.text)
    if let wanted = options.labelColumn, Int(wanted) == nil, texts.contains(wanted) { return true }
    if texts.contains(where: { $0.lowercased() == "label" }) { return true }
    if (0..<first.count).allSatisfy({ isWord(first, $0) }) { return true }
    let number = options.labelColumn.flatMap { Int($0) } ?? first.count
    guard let second, second.count == first.count, (1...first.count).contains(number) else {
      return false
    }
    return isWord(first, number - 1) && !isWord(second, number - 1)
  }

  private static func labelColumn(
    _ options: DatasetOptions, _ names: [String]?, columns: Int, _ reader: PartReader
  ) throws -> Int {
    guard let wanted = options.labelColumn else {
      return names?.firstIndex { $0.lowercased() == "label" } ?? columns - 1
    }
    if let index = names?.firstIndex(of: wanted) { return index }
    if let number = Int(wanted), (1...columns).contains(number) { return number - 1 }
    let known = names.map { "the header names " + $0.prefix(20).joined(separator: ", ") }
    throw reader.fault(
      "no label column '\(wanted)'; "
        + (known ?? "without a header give its number, 1 to \(columns)"))
  }

  private static func check(
    _ layout: CSVLayout, _ options: DatasetOptions, _ reader: PartReader
  ) throws {
    guard layout.features > 0 else {
      throw reader.fault("row 1: one column; there must be a label and at least one number")
    }
    guard layout.features <= DatasetLimits.valuesPerRow else {
      throw reader.fault(
        "row 1: \(layout.columns) columns; at most \(DatasetLimits.valuesPerRow) are possible")
    }
    guard let shape = options.shape else { return }
    guard shape.height > 0, shape.width > 0, shape.channels > 0,
      [shape.height, shape.width, shape.channels].allSatisfy({ $0 <= DatasetLimits.valuesPerRow }),
      shape.count == layout.features
    else {
      throw reader.fault(
        "shape \(shape) does not fit the \(layout.features) columns beside the label")
    }
  }
}
