internal import Domain
internal import Foundation

/// Some columns of a CSV file with a header: a key, a label where it is asked for, and numbers.
///
/// Columns that nobody asked for may hold anything.
package struct ColumnTable: Hashable, Sendable {
  /// The key of each row; no two are equal.
  package let keys: [String]
  /// The labels of each row; empty where no column of labels was asked for.
  package let labels: [String]
  /// The numbers of each column asked for, in the order asked; NaN where the field is empty.
  package let columns: [[Double]]
  /// Number of each row in the file, from 1 with the header.
  package let rowNumbers: [Int]

  /// Reads a file, plain or gzip.
  ///
  /// - Throws: `ServiceError(.dataset)` that names the row and column that is wrong;
  ///   `ServiceError(.storage)` when the file cannot be read.
  package init(path: String, key: String, label: String? = nil, columns: [String]) throws {
    let part = path.split(separator: "/").last.map(String.init) ?? path
    let reader = try PartReader(FileSource(path: path), part: part, limit: .max)
    try self.init(reader, key: key, label: label, columns: columns)
  }

  /// Reads a part.
  ///
  /// - Throws: `ServiceError(.dataset)` that names the row and column that is wrong.
  init(_ reader: PartReader, key: String, label: String? = nil, columns names: [String]) throws {
    var tokenizer = try CSVTokenizer(reader)
    var row = CSVTokenizer.Row()
    guard try tokenizer.next(&row) else { throw reader.fault("zero rows: the file is empty") }
    let header = (0..<row.count).map(row.text)
    let layout = try Layout(header, key: key, label: label, columns: names, reader)
    var keys: [String] = []
    var labels: [String] = []
    var columns = [[Double]](repeating: [], count: names.count)
    var rowNumbers: [Int] = []
    var seen: [String: Int] = [:]
    var blank: Int?
    while try tokenizer.next(&row) {
      // Empty lines are fine at the end alone.
      if row.isBlank, header.count > 1 {
        blank = blank ?? row.number
        continue
      }
      if let blank { throw reader.fault("row \(blank): the line is empty") }
      guard row.count == header.count else {
        throw reader.fault(
          "row \(row.number): \(row.count) columns, but the header has \(header.count)")
      }
      let text = try layout.text(row, layout.key, reader)
      if let twin = seen.updateValue(row.number, forKey: text) {
        throw layout.fault(row, layout.key, "stands in row \(twin) already", reader)
      }
      keys.append(text)
      if let label = layout.label { labels.append(try layout.text(row, label, reader)) }
      rowNumbers.append(row.number)
      for (place, column) in layout.columns.enumerated() {
        columns[place].append(try layout.number(row, column, reader))
      }
    }
    guard !keys.isEmpty else { throw reader.fault("zero rows after the header") }
    self.keys = keys
    self.labels = labels
    self.columns = columns
    self.rowNumbers = rowNumbers
  }

  private init(keys: [String], labels: [String], columns: [[Double]], rowNumbers: [Int]) {
    self.keys = keys
    self.labels = labels
    self.columns = columns
    self.rowNumbers = rowNumbers
  }

  /// The rows in which no field is empty.
  package var complete: ColumnTable {
    let rows = keys.indices.filter { row in columns.allSatisfy { !$0[row].isNaN } }
    return ColumnTable(
      keys: rows.map { keys[$0] }, labels: labels.isEmpty ? [] : rows.map { labels[$0] },
      columns: columns.map { column in rows.map { column[$0] } },
      rowNumbers: rows.map { rowNumbers[$0] })
  }
}

extension ColumnTable {
  /// Where the columns asked for stand.
  private struct Layout {
    let header: [String]
    let key: Int
    let label: Int?
    let columns: [Int]

    init(
      _ header: [String], key: String, label: String?, columns: [String], _ reader: PartReader
    ) throws {
      func place(_ name: String) throws -> Int {
        let places = header.indices.filter { header[$0] == name }
        guard let place = places.first else {
          let known = header.prefix(20).joined(separator: ", ")
          throw reader.fault("row 1: no column '\(name)'; the header names \(known)")
        }
        guard places.count == 1 else {
          throw reader.fault("row 1: the column '\(name)' stands there \(places.count) times")
        }
        return place
      }
      self.header = header
      self.key = try place(key)
      self.label = try label.map(place)
      self.columns = try columns.map(place)
    }

    func text(_ row: CSVTokenizer.Row, _ column: Int, _ reader: PartReader) throws -> String {
      guard let text = String(validating: row.field(column), as: UTF8.self) else {
        throw fault(row, column, "is not UTF-8", reader)
      }
      guard !text.isEmpty else { throw fault(row, column, "is empty", reader) }
      return text
    }

    func number(_ row: CSVTokenizer.Row, _ column: Int, _ reader: PartReader) throws -> Double {
      let field = row.field(column)
      if field.isEmpty { return .nan }
      switch DecimalNumber(field) {
      case .finite(let value): return value
      case .notFinite: throw fault(row, column, "is not a finite number", reader)
      case .notANumber: throw fault(row, column, "is not a number", reader)
      }
    }

    func fault(
      _ row: CSVTokenizer.Row, _ column: Int, _ what: String, _ reader: PartReader
    ) -> ServiceError {
      reader.fault(
        "row \(row.number), column \(column + 1) ('\(header[column])'): "
          + "'\(row.text(column).prefix(80))' \(what)")
    }
  }
}
