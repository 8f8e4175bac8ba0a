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
  /// The text is a class's name; `source` says in words where the names are from.
  case names([String], source: String)
  /// The text is a class's index, and the names were given.
  case indices([String])
  /// The text is a whole number; each distinct one is a class.
  case numbers([Int])

  /// The scheme that fits the training labels.
  ///
  /// The first label decides: where it is a number, all must be whole numbers. Where class names are
  /// given, numbers that are none of them are their indices.
  init(_ labels: CSVLabels, names: [String]?, _ reader: PartReader) throws {
    let texts = labels.distinct.map(\.text)
    if let names {
      let known = Set(names)
      let isByIndex =
        !texts.allSatisfy(known.contains)
        && (texts.allSatisfy(CSVLabelScheme.isNumber)
          || texts.first.map { CSVLabelScheme.isNumber($0) && !known.contains($0) } == true)
      self = isByIndex ? .indices(names) : .names(names, source: "class_names")
      return
    }
    guard let first = texts.first, CSVLabelScheme.isNumber(first) else {
      self = .names(
        texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, source: "classes of train")
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
    case .names(let names, _), .indices(let names): names
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
    case .names(let names, let source):
      guard let index = names.firstIndex(of: text) else {
        throw reader.fault(
          "row \(row): label '\(text)' is none of the \(source) \(CSVLabelScheme.list(names))")
      }
      return index
    case .indices(let names):
      guard CSVLabelScheme.isNumber(text) else {
        throw reader.fault(
          "row \(row): label '\(text)' is no index of the class_names "
            + "\(CSVLabelScheme.list(names)), although the first label is a number")
      }
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

  private static func isNumber(_ text: String) -> Bool {
    DecimalNumber(Array(text.utf8)[...]) != .notANumber
  }

  /// The first names, for a message.
  private static func list(_ names: [String]) -> String {
    let first = names.prefix(20).joined(separator: ", ")
    return names.count > 20 ? "\(first) and \(names.count - 20) more" : first
  }

  private static func whole(_ text: String, row: Int, _ reader: PartReader) throws -> Int {
    switch WholeNumber(text) {
    case .value(let number)?: return number
    case .outOfRange?:
      throw reader.fault(
        "row \(row): label \(text) is out of range; "
          + "whole numbers go from \(Int.min) to \(Int.max)")
    case .fraction?: throw reader.fault("row \(row): label \(text) is not a whole number")
    case nil: break
    }
    guard isNumber(text) else {
      throw reader.fault(
        "row \(row): label '\(text)' is not a number, although the first label is one; "
          + "class_names may list names")
    }
    throw reader.fault("row \(row): label \(text) is not a finite number")
  }
}
