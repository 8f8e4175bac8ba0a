internal import Datasets
internal import Domain
internal import Strategies

/// Where a comparison's benchmark table comes from.
enum TableSource {
  /// The made-up table that every installation has.
  case synthetic
  /// The table of networks that this engine trained, which every installation has.
  case truth
  /// A CSV file and the columns of it that count.
  case file(
    path: String, architecture: String, graph: String?, signals: [String], report: String,
    cost: String?,
    space: ComponentChoice, input: TensorShape, classes: Int)

  /// Reads the table; rows without one of the columns are left out.
  ///
  /// - Throws: `ServiceError(.dataset)` that names the row and column that is wrong; `SpaceError`.
  func table() throws -> BenchmarkTable {
    if case .truth = self { return try BuiltinTruth().table }
    guard
      case .file(
        let path, let architecture, let graph, let signals, let report, let cost, let space,
        let input,
        let classes) = self
    else { return try SyntheticTable().benchmark() }
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
