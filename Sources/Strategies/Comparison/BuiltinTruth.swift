internal import Domain
internal import Training

/// The built-in truth: every network of a small space, trained by this engine with three seeds.
///
/// A search sees the validation accuracy of one seed, drawn for each run; it is judged by the mean test
/// accuracy of all three.
package struct BuiltinTruth: Sendable {
  /// How far seeds agree: no measure of single trainings can order the networks better.
  package struct Ceiling: Hashable, Sendable {
    /// Kendall's τ_b between the validation accuracies of two seeds over all networks, the mean of the
    /// pairs of seeds.
    package let all: Double
    /// The same over the half of the networks with the highest mean test accuracy.
    package let topHalf: Double
  }

  package let table: BenchmarkTable
  package let ceiling: Ceiling
  /// Which engine and instruction set trained the networks.
  package let maker: String

  /// Reads the shipped file.
  ///
  /// - Throws: `SpaceError` or `ServiceError` never in practice: the file is part of the program.
  package init() throws {
    let file = try TruthFile()
    let task = TruthTask()
    table = try BenchmarkTable(
      space: task.space, codes: file.codes,
      signals: file.validation.enumerated().map {
        BenchmarkTable.Column("valid_seed\(TruthMaker.seeds[$0.offset])", $0.element)
      }, report: BenchmarkTable.Column("test_mean", file.testMeans), graphs: file.graphs,
      input: TruthTask.input, classes: TruthTask.classes)
    maker = file.maker
    let networks = table.graphs
    let ordered = networks.sorted { file.testMeans[$0] > file.testMeans[$1] }
    ceiling = Ceiling(
      all: BuiltinTruth.agreement(file.validation, networks),
      topHalf: BuiltinTruth.agreement(file.validation, Array(ordered.prefix(networks.count / 2))))
  }

  /// Mean τ_b of the pairs of columns over some rows.
  private static func agreement(_ columns: [[Double]], _ rows: [Int]) -> Double {
    var taus: [Double] = []
    for second in columns.indices {
      for first in 0..<second {
        taus.append(
          KendallTau(rows.map { columns[first][$0] }, rows.map { columns[second][$0] }).value)
      }
    }
    return taus.reduce(0, +) / Double(max(1, taus.count))
  }
}
