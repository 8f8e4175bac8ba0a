import Architectures
import Domain
import Strategies
import Testing

/// A strategy that proposes what it was given, one after the other, and keeps what it is told.
struct Scripted: SearchStrategy {
  var script: [Genotype]
  var told: [Trial] = []

  mutating func propose() throws -> Candidate? {
    script.isEmpty ? nil : Candidate(script.removeFirst())
  }

  mutating func observe(_ trial: Trial) throws { told.append(trial) }
}

/// Six cells of which the first and third, and the second and last, are the same graph.
enum ToyTable {
  /// Operations of the edges of each row.
  static let rows = [
    [0, 0, 0, 3, 0, 0], [0, 0, 0, 2, 0, 0], [2, 0, 0, 3, 0, 0], [1, 0, 0, 1, 0, 0],
    [0, 0, 0, 4, 0, 0], [0, 4, 0, 2, 0, 0],
  ]
  static var genotypes: [Genotype] { rows.map { Genotype($0.map { $0 }) } }

  static func make(
    signal: [Double] = [80, 60, 90, 10, 85, 95], cost: BenchmarkTable.Column? = nil,
    graphs: [String]? = nil
  ) throws -> BenchmarkTable {
    try BenchmarkTable(
      space: ComponentChoice("nasbench201-cell"), codes: genotypes.map(NASBench201Space().code),
      signals: [BenchmarkTable.Column("signal", signal)],
      report: BenchmarkTable.Column("report", [1, 2, 3, 4, 5, 6]), cost: cost, graphs: graphs)
  }

  static func search(
    _ script: [Int], _ rule: SamplingRule, evaluations: Int, in table: BenchmarkTable? = nil
  ) throws -> (TableSearch.Outcome, told: [Trial]) {
    let strategy = Scripted(script: script.map { genotypes[$0] })
    var search = TableSearch(try table ?? make(), strategy: strategy, seed: 1, rule: rule)
    let outcome = try search.run(evaluations: evaluations)
    return (outcome, (search.strategy as? Scripted)?.told ?? [])
  }
}

@Suite struct BenchmarkTableTests {
  @Test func `rows of the same graph have one representative, the lowest row`() throws {
    let table = try ToyTable.make()
    #expect(table.representatives == [0, 1, 0, 3, 4, 1])
    #expect(table.graphs == [0, 1, 3, 4])
    #expect(table.row(of: ToyTable.genotypes[5]) == 5)
    #expect(table.row(of: Genotype([1, 1, 1, 1, 1, 1])) == nil)
    #expect(table.signals == [[0.8, 0.6, 0.9, 0.1, 0.85, 0.95]], "percents became shares")
    #expect(table.cost.name == "macs" && table.cost.values[0] > table.cost.values[4])
  }

  @Test func `a column can say what is the same graph`() throws {
    let table = try ToyTable.make(graphs: ["a", "b", "b", "c", "a", "d"])
    #expect(table.representatives == [0, 1, 1, 3, 0, 5])
  }

  @Test func `shares stay shares`() throws {
    let values = [0.8, 0.6, 1, 0.1, 0.2, 0.3]
    #expect(try ToyTable.make(signal: values).signals == [values])
  }

  @Test func `a string that cannot be read, or stands there twice, is refused with its row`() {
    func refusal(_ codes: [String]) -> String? {
      let column = BenchmarkTable.Column("x", codes.map { _ in 0.5 })
      do {
        _ = try BenchmarkTable(
          space: ComponentChoice("nasbench201-cell"), codes: codes, signals: [column],
          report: column, rowNumbers: codes.indices.map { $0 + 2 })
        return nil
      } catch {
        return "\(error)"
      }
    }
    let good = NASBench201Space().code(of: ToyTable.genotypes[0])
    #expect(refusal([good]) == nil)
    #expect(refusal([good, "|none~0|"])?.hasPrefix("row 3: '|none~0|' has 1 parts") == true)
    #expect(refusal([good, good])?.hasSuffix("stands in row 2 already") == true)
    #expect(refusal([]) == "the table has no row")
  }

  @Test func `by strings every proposal counts, repeats too`() throws {
    let (outcome, told) = try ToyTable.search([0, 0, 2, 1, 5], .strings, evaluations: 4)
    #expect(outcome.rows == [0, 0, 2, 1] && outcome.repeats == 0)
    #expect(outcome.reports == [1, 1, 3, 3])
    #expect(told.map(\.searchAccuracy) == [0.8, 0.8, 0.9, 0.6])
    #expect(told.map(\.number) == [1, 2, 3, 4])
    #expect(told[0].metrics[MetricName.macs] ?? 0 > 0 && told[0].fingerprint == told[2].fingerprint)
  }

  @Test func `by graphs a repeat costs nothing and is told again under its own genotype`() throws {
    let (outcome, told) = try ToyTable.search([2, 0, 2, 5, 1, 4], .graphs, evaluations: 3)
    #expect(outcome.rows == [0, 1, 4] && outcome.repeats == 3)
    #expect(outcome.reports == [1, 1, 5], "0.8, then 0.6, then 0.85 was seen")
    #expect(told.map(\.searchAccuracy) == [0.8, 0.8, 0.8, 0.6, 0.6, 0.85])
    #expect(told.map(\.candidate.genotype) == [2, 0, 2, 5, 1, 4].map { ToyTable.genotypes[$0] })
  }

  @Test func `costs add up, and only what is evaluated costs`() throws {
    let table = try ToyTable.make(cost: BenchmarkTable.Column("hours", [1, 2, 4, 8, 16, 32]))
    let strings = try ToyTable.search([2, 0, 5, 5], .strings, evaluations: 4, in: table).0
    #expect(strings.costs == [4, 5, 37, 69])
    let graphs = try ToyTable.search([2, 0, 5, 5, 4], .graphs, evaluations: 4, in: table).0
    #expect(graphs.costs == [1, 3, 19])
  }

  @Test func `the pick is the first of the best observed, whatever its report`() throws {
    let table = try ToyTable.make(signal: [50, 70, 70, 20, 70, 10])
    let outcome = try ToyTable.search([5, 4, 1, 2, 0], .strings, evaluations: 5, in: table).0
    #expect(outcome.reports == [6, 5, 5, 5, 5])
  }

  @Test func `after 50 repeats in a row a new graph is drawn, and at the end of all it ends`()
    throws
  {
    let script = [Int](repeating: 0, count: 2_000)
    let (outcome, told) = try ToyTable.search(script, .graphs, evaluations: 100)
    #expect(outcome.rows.sorted() == [0, 1, 3, 4] && outcome.draws == 3)
    #expect(told[50].candidate.genotype == ToyTable.genotypes[0] && !told[50].candidate.isRandom)
    #expect(told[51].candidate.isRandom && outcome.rows[1] != 0)
    // 1 + 3 · 51 told until all are known, then 499 repeats and an end.
    #expect(told.count == 1 + 3 * 51 + 499)
    #expect(outcome.repeats == 3 * 51 + 500)
  }

  @Test func `an architecture that the table lacks is infeasible, and counts`() throws {
    let strategy = Scripted(script: [Genotype([1, 1, 1, 1, 1, 1]), ToyTable.genotypes[3]])
    var search = TableSearch(try ToyTable.make(), strategy: strategy, seed: 1, rule: .graphs)
    let outcome = try search.run(evaluations: 5)
    #expect(outcome.reports.count == 2 && outcome.reports[0].isNaN && outcome.reports[1] == 4)
    #expect((search.strategy as? Scripted)?.told.map(\.state) == [.infeasible, .completed])
  }

  @Test func `of several signals each run draws one, by its seed`() throws {
    let codes = ToyTable.genotypes.map(NASBench201Space().code)
    let columns = [0.1, 0.2, 0.3].map { value in
      BenchmarkTable.Column("signal \(value)", codes.map { _ in value })
    }
    let table = try BenchmarkTable(
      space: ComponentChoice("nasbench201-cell"), codes: codes, signals: columns,
      report: columns[0])
    var seen: [Double: Int] = [:]
    for seed in 0..<300 {
      var search = TableSearch(
        table, strategy: Scripted(script: ToyTable.genotypes), seed: UInt64(seed), rule: .strings)
      _ = try search.run(evaluations: 6)
      let values = Set((search.strategy as? Scripted)?.told.compactMap(\.searchAccuracy) ?? [])
      #expect(values.count == 1)
      seen[values.first ?? 0, default: 0] += 1
    }
    #expect(seen.values.allSatisfy { (60...140).contains($0) } && seen.count == 3)
  }
}
