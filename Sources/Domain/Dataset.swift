package import Foundation

/// A data set as the store keeps it: where it is in its life, and, once sealed, what it holds.
package struct Dataset: Codable, Hashable, Sendable {
  package enum State: String, Codable, Sendable {
    /// Files may still be put; not usable yet.
    case open
    case sealed
  }

  package let id: String
  /// Unique; serves as the id in a request.
  package let name: String
  package let isBuiltIn: Bool
  package let format: String
  package let options: DatasetOptions
  package var state: State
  package var files: [DatasetFile]
  package var content: DatasetContent?
  package let created: Date

  package init(
    id: String, name: String, isBuiltIn: Bool, format: String, options: DatasetOptions,
    state: State, files: [DatasetFile], content: DatasetContent?, created: Date
  ) {
    self.id = id
    self.name = name
    self.isBuiltIn = isBuiltIn
    self.format = format
    self.options = options
    self.state = state
    self.files = files
    self.content = content
    self.created = created
  }
}

/// What a data set's creator says that its format cannot tell.
package struct DatasetOptions: Codable, Hashable, Sendable {
  /// Height, width, channels of a CSV row that is an image; nil: a row of features.
  package var shape: TensorShape?
  /// CSV column that holds the label; nil: `label` where there is one, else the last.
  package var labelColumn: String?
  package var classNames: [String]?
  /// Share of the rows held out for test where no official test part is given.
  package var testFraction: Double?
  /// Seed of that split.
  package var testSeed: Int?
  /// Columns of a benchmark table.
  package var table: TableOptions?

  package init(
    shape: TensorShape? = nil, labelColumn: String? = nil, classNames: [String]? = nil,
    testFraction: Double? = nil, testSeed: Int? = nil, table: TableOptions? = nil
  ) {
    self.shape = shape
    self.labelColumn = labelColumn
    self.classNames = classNames
    self.testFraction = testFraction
    self.testSeed = testSeed
    self.table = table
  }

  private enum CodingKeys: String, CodingKey {
    case shape, table
    case labelColumn = "label_column"
    case classNames = "class_names"
    case testFraction = "test_fraction"
    case testSeed = "test_seed"
  }
}

/// One raw file as it was put.
package struct DatasetFile: Codable, Hashable, Sendable {
  /// `train_images`, `train_labels`, `test_images`, `test_labels`, `train`, `test` or `table`.
  package let part: String
  package let sizeBytes: Int
  package let sha256: String

  package init(part: String, sizeBytes: Int, sha256: String) {
    self.part = part
    self.sizeBytes = sizeBytes
    self.sha256 = sha256
  }

  private enum CodingKeys: String, CodingKey {
    case part
    case sizeBytes = "size_bytes"
    case sha256
  }
}

/// What a sealed data set holds; `digest` is the SHA-256 of its decoded form and names its file.
package struct DatasetContent: Codable, Hashable, Sendable {
  package let digest: String
  package let shape: TensorShape
  package let classes: [String]
  /// Rows outside the test split: a job draws train and validation from them.
  package let trainRows: Int
  package let testRows: Int
  /// `official`, or `held out` with the seed and fraction in `options`.
  package let testSplit: String
  /// Share of the non-test rows that a job's validation split takes.
  package let validationFraction: Double
  /// Rows of each class outside the test split, and in it.
  package let trainCounts: [Int]
  package let testCounts: [Int]
  /// Smallest and largest raw value, and mean and deviation, of the non-test rows.
  package let minimum: Double
  package let maximum: Double
  package let mean: Double
  package let deviation: Double
  package let sizeBytes: Int
  package let source: String
  package let licence: String
  /// What a benchmark table says of itself; nil for a set of samples.
  ///
  /// Of a table, shape and classes are those of the networks that its strings stand for, its rows are
  /// architectures, and the statistics are those of the signal.
  package let table: TableContent?

  package init(
    digest: String, shape: TensorShape, classes: [String], trainRows: Int, testRows: Int,
    testSplit: String, validationFraction: Double, trainCounts: [Int], testCounts: [Int],
    minimum: Double, maximum: Double, mean: Double, deviation: Double, sizeBytes: Int,
    source: String, licence: String, table: TableContent? = nil
  ) {
    self.digest = digest
    self.shape = shape
    self.classes = classes
    self.trainRows = trainRows
    self.testRows = testRows
    self.testSplit = testSplit
    self.validationFraction = validationFraction
    self.trainCounts = trainCounts
    self.testCounts = testCounts
    self.minimum = minimum
    self.maximum = maximum
    self.mean = mean
    self.deviation = deviation
    self.sizeBytes = sizeBytes
    self.source = source
    self.licence = licence
    self.table = table
  }
}

/// A data set's format as the registry lists it.
package struct DatasetFormat: RegistryEntry {
  package let id: String
  package let summary: String
  package let paper: String
  package let parameters: [Parameter]
  /// Parts that must be put, and those that may be.
  package let requiredParts: [String]
  package let optionalParts: [String]

  package init(id: String, summary: String, requiredParts: [String], optionalParts: [String]) {
    self.id = id
    self.summary = summary
    paper = ""
    parameters = []
    self.requiredParts = requiredParts
    self.optionalParts = optionalParts
  }
}

extension DatasetContent {
  /// Rows of each class that a job's validation split takes: the share rounded, at least one.
  package var validationCounts: [Int] {
    trainCounts.map { count in
      min(count, max(1, Int((Double(count) * validationFraction).rounded())))
    }
  }

  /// Rows a job's networks are fitted on during the search.
  package var fittingRows: Int {
    trainRows - validationCounts.reduce(0, +)
  }

  /// What kind of sample it holds.
  package var inputKind: SpaceEntry.InputKind {
    shape.height * shape.width == 1 ? .tabular : .image
  }
}
