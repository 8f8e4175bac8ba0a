internal import Datasets
internal import Domain
internal import Strategies

/// Where a comparison's benchmark table comes from.
enum TableSource {
  /// The made-up table that every installation has.
  case synthetic
  /// The table of networks that this engine trained, which every installation has.
  case truth
  /// A data set and the path of its decoded file.
  case dataset(DatasetContent, path: String)
  /// A CSV file and the columns of it that count.
  case file(
    path: String, architecture: String, graph: String?, signals: [String], report: String,
    cost: String?,
    space: ComponentChoice, input: TensorShape, classes: Int)

  /// Reads the table; rows without one of the columns are left out.
  ///
  /// - Parameter check: asked before every row of a data set; ends the reading by throwing.
  /// - Throws: `ServiceError(.dataset)` that names the row and column that is wrong; `SpaceError`;
  ///   `ServiceError(.storage)` for a decoded file that cannot be read; what `check` throws.
  func table(check: () throws -> Void = {}) throws -> BenchmarkTable {
    switch self {
    case .synthetic: return try SyntheticTable().benchmark()
    case .truth: return try BuiltinTruth().table
    case .dataset(let content, let path):
      guard let table = content.table else {
        throw ServiceError(.validation, "the data set holds samples, not a table")
      }
      let columns = try TableMap(path: path, content: content).columns(for: .comparison)
      return try BenchmarkTable(
        space: table.space, codes: columns.codes,
        signals: [BenchmarkTable.Column(table.signal, columns.signals)],
        report: BenchmarkTable.Column(table.report, columns.reports),
        cost: columns.costs.map { BenchmarkTable.Column(table.cost ?? "", $0) },
        input: content.shape, classes: content.classes.count, check: check)
    case .file(
      let path, let architecture, let graph, let signals, let report, let cost, let space,
      let input, let classes):
      let names = signals + [report] + (cost.map { [$0] } ?? [])
      let columns = try ColumnTable(path: path, key: architecture, label: graph, columns: names)
        .complete
      let values = zip(names, columns.columns).map { BenchmarkTable.Column($0, $1) }
      return try BenchmarkTable(
        space: space, codes: columns.keys, signals: Array(values.prefix(signals.count)),
        report: values[signals.count], cost: cost == nil ? nil : values[signals.count + 1],
        graphs: graph == nil ? nil : columns.labels, rowNumbers: columns.rowNumbers, input: input,
        classes: classes)
    }
  }
}
