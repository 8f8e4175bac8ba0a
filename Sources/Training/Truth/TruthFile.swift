internal import Datasets

/// The shipped file of the built-in truth.
package struct TruthFile: Sendable {
  /// Strings of the cells.
  package let codes: [String]
  /// Fingerprint of each string's network; strings of one network were trained once.
  package let graphs: [String]
  /// For each seed the validation accuracies, row by row.
  package let validation: [[Double]]
  /// For each seed the test accuracies, row by row.
  package let test: [[Double]]
  /// Mean of each row's test accuracies.
  package let testMeans: [Double]
  /// Which engine and instruction set trained the networks.
  package let maker: String

  /// Unpacks the file.
  ///
  /// - Throws: `ServiceError(.dataset)` never in practice: the file is part of the program.
  package init() throws {
    let count = TruthMaker.seeds.count
    let table = try BuiltinTables.truth(
      label: "graph",
      columns: TruthMaker.seeds.map { "valid_seed\($0)" }
        + TruthMaker.seeds.map { "test_seed\($0)" } + ["test_mean"])
    codes = table.keys
    graphs = table.labels
    validation = Array(table.columns.prefix(count))
    test = Array(table.columns[count..<2 * count])
    testMeans = table.columns[2 * count]
    maker = try BuiltinTables.truth(label: "made_by", columns: []).labels.first ?? ""
  }
}
