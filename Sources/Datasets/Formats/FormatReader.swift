internal import Domain

/// Decodes one format's parts; a new format is one of these and a line in `DatasetFormats`.
protocol FormatReader: Sendable {
  /// What the registry says of it.
  var format: DatasetFormat { get }

  /// Reads and checks all parts.
  ///
  /// - Throws: `ServiceError(.dataset)` that names the byte or row that is wrong.
  func read(_ parts: PartFolder, options: DatasetOptions) throws -> DecodedTable
}

/// The parts of one data set, opened by name, and a place for what is decoded.
struct PartFolder {
  /// Names of the parts that were put.
  let names: Set<String>
  /// Folder for values on their way.
  let spoolFolder: String
  /// Unpacked bytes of one part that are too many.
  let limit: Int
  let source: (String) throws -> any ByteSource

  /// Opens a part.
  func open(_ part: String) throws -> PartReader {
    try PartReader(source(part), part: part, limit: limit)
  }

  /// True where an optional part was put.
  func contains(_ part: String) -> Bool {
    names.contains(part)
  }
}

/// All rows of a data set, decoded: training rows first, then those of an official test part.
struct DecodedTable {
  let shape: TensorShape
  let classes: [String]
  /// NHWC values, row by row.
  let spool: RowSpool
  /// Class index of each row.
  let labels: [Int32]
  /// Rows of the official test part at the end; nil where there is none.
  let officialTestRows: Int?
}
