package import Domain

/// One strategy with one seed on a benchmark table, proposal n after the observation of n − 1.
///
/// The pick is the evaluated architecture with the best observed signal, the first of equals; only its
/// report is ever read. A table knows one fidelity: a candidate's share of the budget changes nothing.
package struct TableSearch: Sendable {
  /// How a search went, evaluation by evaluation.
  package struct Outcome: Hashable, Sendable {
    /// Report of the pick after each evaluation.
    package fileprivate(set) var reports: [Double] = []
    /// Cost spent after each evaluation.
    package fileprivate(set) var costs: [Double] = []
    /// Rows that were evaluated, in order.
    package fileprivate(set) var rows: [Int] = []
    /// Proposals that cost nothing, for their graph was known.
    package fileprivate(set) var repeats = 0
    /// Graphs drawn because the strategy proposed known ones alone.
    package fileprivate(set) var draws = 0
    /// Report of the pick at the end.
    package var report: Double? { reports.last }

    package init(reports: [Double] = [], costs: [Double] = []) {
      (self.reports, self.costs) = (reports, costs)
    }
  }

  private let table: BenchmarkTable
  private let rule: SamplingRule
  private let seed: UInt64
  private let signal: [Double]
  /// The strategy as it is now.
  package private(set) var strategy: any SearchStrategy
  private var outcome = Outcome()
  /// Metrics of the graphs evaluated so far, by representative; for the rule `graphs`.
  private var known: [Int: [String: Double]] = [:]
  private var best: (signal: Double, row: Int)?
  private var trials = 0
  private var repeatsInRow = 0

  /// A search that has not begun.
  ///
  /// - Parameter seed: of the strategy, of the noise, and of the draw of the signal column.
  package init(
    _ table: BenchmarkTable, strategy: any SearchStrategy, seed: UInt64, rule: SamplingRule
  ) {
    self.table = table
    self.strategy = strategy
    self.rule = rule
    self.seed = seed
    var generator = SeededGenerator(jobSeed: seed, purpose: .sample)
    signal = table.signals[generator.below(table.signals.count)]
  }

  /// Searches until so many evaluations are made, or nothing new is proposed any more.
  ///
  /// - Parameter check: asked before every proposal; ends the search by throwing.
  /// - Throws: `SpaceError` from the strategy; what `check` throws.
  package mutating func run(
    evaluations: Int, check: () throws -> Void = {}
  ) throws -> Outcome {
    while outcome.reports.count < evaluations {
      try check()
      guard let candidate = try strategy.propose() else { break }
      trials += 1
      guard var row = table.row(of: candidate.genotype) else {
        try tell(candidate, nil, nil)
        count(nil)
        continue
      }
      if rule == .graphs {
        row = table.representatives[row]
        if let metrics = known[row] {
          outcome.repeats += 1
          repeatsInRow += 1
          if repeatsInRow >= SamplingRule.repeatsBeforeEnd { break }
          guard repeatsInRow > SamplingRule.repeatsBeforeDraw, let drawn = draw() else {
            try tell(candidate, row, metrics)
            continue
          }
          outcome.draws += 1
          try evaluate(Candidate(table.genotypes[drawn], isRandom: true), drawn)
          continue
        }
      }
      try evaluate(candidate, row)
    }
    return outcome
  }

  /// Reads a row's signal, tells the strategy and counts.
  private mutating func evaluate(_ candidate: Candidate, _ row: Int) throws {
    repeatsInRow = 0
    var value = signal[row]
    if table.noise > 0 {
      var noise = SeededGenerator(jobSeed: seed, trial: trials, purpose: .sample)
      value += table.noise * StandardNormal.draw(using: &noise)
    }
    let metrics = [
      MetricName.searchAccuracy: value, MetricName.macs: table.macs[row],
      MetricName.parameters: table.parameters[row],
    ]
    if rule == .graphs { known[row] = metrics }
    if value > best?.signal ?? -.infinity { best = (value, row) }
    try tell(candidate, row, metrics)
    count(row)
  }

  private mutating func tell(
    _ candidate: Candidate, _ row: Int?, _ metrics: [String: Double]?
  ) throws {
    var trial = Trial(
      number: trials, candidate: candidate, code: row.map { table.codes[$0] } ?? "",
      fingerprint: row.map { table.fingerprints[$0] })
    trial.state = metrics == nil ? .infeasible : .completed
    trial.metrics = metrics ?? [:]
    if metrics == nil { trial.failure = "the table has no such architecture" }
    try strategy.observe(trial)
  }

  private mutating func count(_ row: Int?) {
    if let row { outcome.rows.append(row) }
    outcome.reports.append(best.map { table.report.values[$0.row] } ?? .nan)
    outcome.costs.append((outcome.costs.last ?? 0) + (row.map { table.cost.values[$0] } ?? 0))
  }

  /// A graph not evaluated yet, each equally likely; nil where all were.
  private func draw() -> Int? {
    let fresh = table.graphs.filter { known[$0] == nil }
    guard !fresh.isEmpty else { return nil }
    var generator = SeededGenerator(jobSeed: seed, trial: trials, purpose: .sample, step: 1)
    return fresh[generator.below(fresh.count)]
  }
}
