internal import Domain

/// The distinct labels of one CSV part in order of appearance.
struct CSVLabels {
  /// The text of each distinct label and the first row that has it.
  private(set) var distinct: [(text: String, row: Int)] = []
  /// For each row the index of its label in `distinct`.
  private(set) var rows: [Int32] = []
  private var index: [String: Int32] = [:]

  /// Takes the label of a row.
  mutating func add(_ text: String, row: Int, _ reader: PartReader) throws {
    guard !text.isEmpty else { throw reader.fault("row \(row): the label is empty") }
    if let known = index[text] {
      rows.append(known)
      return
    }
    guard distinct.count < DatasetLimits.classes else {
      throw reader.fault(
        "row \(row): more than \(DatasetLimits.classes) distinct labels; "
          + "is the label column the right one?")
    }
    index[text] = Int32(distinct.count)
    rows.append(Int32(distinct.count))
    distinct.append((text, row))
  }
}

/// How label texts become class indices.
enum CSVLabelScheme {
  /// The text is a class's name.
  case names([String])
  /// The text is a class's index, and the names were given.
  case indices([String])
  /// The text is a whole number; each distinct one is a class.
  case numbers([Int])

  /// The scheme that fits the training labels.
  ///
  /// The first label decides: where it is a number, all must be whole numbers.
  init(_ labels: CSVLabels, names: [String]?, _ reader: PartReader) throws {
    let texts = labels.distinct.map(\.text)
    if let names {
      self = texts.allSatisfy(names.contains) ? .names(names) : .indices(names)
      return
    }
    guard let first = texts.first, DecimalNumber(Array(first.utf8)[...]) != .notANumber else {
      self = .names(texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      return
    }
    let numbers = try labels.distinct.map { label in
      try CSVLabelScheme.whole(label.text, row: label.row, reader)
    }
    self = .numbers(Set(numbers).sorted())
  }

  /// Names of the classes.
  var classes: [String] {
    switch self {
    case .names(let names), .indices(let names): names
    case .numbers(let numbers): numbers.map(String.init)
    }
  }

  /// The class index of every row.
  ///
  /// - Throws: `ServiceError(.dataset)` with the first row whose label is no class.
  func resolve(_ labels: CSVLabels, _ reader: PartReader) throws -> [Int32] {
    let classes = try labels.distinct.map { try index(of: $0.text, row: $0.row, reader) }
    return labels.rows.map { Int32(classes[Int($0)]) }
  }

  private func index(of text: String, row: Int, _ reader: PartReader) throws -> Int {
    switch self {
    case .names(let names):
      guard let index = names.firstIndex(of: text) else {
        throw reader.fault("row \(row): label '\(text)' is none of the \(names.count) classes")
      }
      return index
    case .indices(let names):
      let number = try CSVLabelScheme.whole(text, row: row, reader)
      guard names.indices.contains(number) else {
        throw reader.fault(
          "row \(row): label \(text) is out of range; there are \(names.count) class names, "
            + "0 to \(names.count - 1)")
      }
      return number
    case .numbers(let numbers):
      let number = try CSVLabelScheme.whole(text, row: row, reader)
      guard let index = numbers.firstIndex(of: number) else {
        throw reader.fault("row \(row): label \(text) is out of range; no training row has it")
      }
      return index
    }
  }

  private static func whole(_ text: String, row: Int, _ reader: PartReader) throws -> Int {
    switch DecimalNumber(Array(text.utf8)[...]) {
    case .finite(let value):
      guard let whole = Int(exactly: value) else {
        throw reader.fault("row \(row): label \(text) is not a whole number")
      }
      return whole
    case .notFinite: throw reader.fault("row \(row): label \(text) is not a finite number")
    case .notANumber:
      throw reader.fault(
        "row \(row): label '\(text)' is not a number, although the first label is one; "
          + "class_names may list names")
    }
  }
}
