internal import Domain
internal import Foundation
internal import GRDB

/// A data set as a row of the table `datasets`.
enum DatasetRow {
  static let columns = [
    "id", "name", "is_built_in", "format", "state", "digest", "created", "options", "files",
    "content",
  ]

  static let select = "SELECT \(columns.joined(separator: ", ")) FROM datasets"

  static let insert = """
    INSERT INTO datasets (\(columns.joined(separator: ", ")))
    VALUES (?\(String(repeating: ", ?", count: columns.count - 1)))
    """

  static let update = """
    UPDATE datasets SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?
    """

  static func arguments(_ dataset: Dataset) throws -> [(any DatabaseValueConvertible)?] {
    [
      dataset.id, dataset.name, dataset.isBuiltIn, dataset.format, dataset.state.rawValue,
      dataset.content?.digest, dataset.created.timeIntervalSinceReferenceDate,
      try StoredJSON.encode(dataset.options), try StoredJSON.encode(dataset.files),
      try dataset.content.map(StoredJSON.encode),
    ]
  }

  /// Reads a row of `select`.
  static func dataset(_ row: Row) throws -> Dataset {
    Dataset(
      id: row[0], name: row[1], isBuiltIn: row[2], format: row[3],
      options: try StoredJSON.decode(DatasetOptions.self, from: row[7]),
      state: try Row.word(row[4], "datasets.state"),
      files: try StoredJSON.decode([DatasetFile].self, from: row[8]),
      content: try row.text(9).map { try StoredJSON.decode(DatasetContent.self, from: $0) },
      created: Date(timeIntervalSinceReferenceDate: row[6]))
  }
}
