internal import Architectures
package import Domain

/// Measured values of the architectures of a space: what stands for training when strategies are compared.
///
/// Every architecture is known by its exact string, for isomorphic strings hold values of their own; the
/// graph that strings share is known too, by the fingerprint of what they decode to or as the file says.
package struct BenchmarkTable: Sendable {
  /// One numeric column.
  package struct Column: Sendable {
    package let name: String
    package let values: [Double]

    package init(_ name: String, _ values: [Double]) {
      self.name = name
      self.values = values
    }

    /// The values as shares: a column with a value above 1 is one of percents.
    var shares: [Double] {
      (values.max() ?? 0) > 1 ? values.map { $0 / 100 } : values
    }
  }

  package let points: [DecisionPoint]
  package let codes: [String]
  package let genotypes: [Genotype]
  /// Columns of accuracies in 0…1 that a search may see; each run draws one of them.
  package let signals: [[Double]]
  /// What a search is judged by, in the units of the file.
  package let report: Column
  /// What an evaluation costs; the MACs of the decoded network where no column says it.
  package let cost: Column
  /// Deviation of the normal noise that every observation of a signal carries.
  package let noise: Double
  package let macs: [Double]
  package let parameters: [Double]
  package let fingerprints: [String]
  /// For each row the lowest row of the same graph.
  package let representatives: [Int]
  /// One row of each graph, ascending.
  package let graphs: [Int]
  private let rows: [Genotype: Int]

  /// Reads the strings of a table and decodes them.
  ///
  /// - Parameters:
  ///   - signals: at least one; all columns are as long as `codes`, without NaN.
  ///   - graphs: a name of each row's graph, equal for equal graphs; nil: the fingerprint.
  ///   - rowNumbers: numbers of the rows for messages; nil: from 1.
  ///   - input: shape of the samples that the table's networks read.
  ///   - check: asked before every row; ends the reading by throwing.
  /// - Throws: `SpaceError` that names the row of a string that cannot be read or stands there twice;
  ///   what `check` throws.
  /// - Complexity: O(rows) decodings.
  package init(
    space choice: ComponentChoice, codes: [String], signals: [Column], report: Column,
    cost: Column? = nil, noise: Double = 0, graphs names: [String]? = nil,
    rowNumbers: [Int]? = nil,
    input: TensorShape = TensorShape(height: 32, width: 32, channels: 3), classes: Int = 10,
    check: () throws -> Void = {}
  ) throws {
    let space = try SpaceRegistry.space(choice)
    let version = SpaceRegistry.all[choice.name]?.version ?? 0
    var genotypes: [Genotype] = []
    var rows: [Genotype: Int] = [:]
    var macs: [Double] = []
    var parameters: [Double] = []
    var fingerprints: [String] = []
    var first: [String: Int] = [:]
    var representatives: [Int] = []
    func number(_ row: Int) -> Int { rowNumbers?[row] ?? row + 1 }
    for (row, code) in codes.enumerated() {
      try check()
      do {
        let genotype = try space.genotype(of: code)
        let architecture = try Architecture(
          of: space, named: choice, version: version, genotype: genotype, input: input,
          classes: classes)
        if let twin = rows.updateValue(row, forKey: genotype) {
          throw SpaceError("'\(code)' stands in row \(number(twin)) already")
        }
        genotypes.append(genotype)
        macs.append(Double(architecture.macs))
        parameters.append(Double(architecture.parameters))
        fingerprints.append(architecture.fingerprint)
        let name = names?[row] ?? architecture.fingerprint
        let representative = first[name] ?? row
        first[name] = representative
        representatives.append(representative)
      } catch let error as SpaceError {
        throw SpaceError("row \(number(row)): \(error.message)")
      }
    }
    guard !codes.isEmpty else { throw SpaceError("the table has no row") }
    points = space.points
    self.codes = codes
    self.genotypes = genotypes
    self.signals = signals.map(\.shares)
    self.report = report
    self.cost = cost ?? Column("macs", macs)
    self.noise = noise
    self.macs = macs
    self.parameters = parameters
    self.fingerprints = fingerprints
    self.representatives = representatives
    graphs = representatives.indices.filter { representatives[$0] == $0 }
    self.rows = rows
  }

  /// The row of a genotype; nil where it was not measured.
  package func row(of genotype: Genotype) -> Int? { rows[genotype] }
}
