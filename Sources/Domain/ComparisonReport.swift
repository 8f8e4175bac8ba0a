/// What a comparison of strategies on a benchmark table found: a line for each strategy and number of
/// evaluations, and curves of the largest number.
package struct ComparisonReport: Hashable, Sendable {
  /// What there was to find.
  package struct Table: Hashable, Sendable {
    /// How many architecture strings, and how many distinct graphs they are.
    package let strings: Int
    package let graphs: Int
    /// Name of the column that picks are judged by, and its best value.
    package let report: String
    package let best: Double
    /// Name of the column that an evaluation's cost is read from.
    package let cost: String

    package init(strings: Int, graphs: Int, report: String, best: Double, cost: String) {
      self.strings = strings
      self.graphs = graphs
      self.report = report
      self.best = best
      self.cost = cost
    }
  }

  /// One strategy at one budget.
  package struct Line: Hashable, Sendable {
    package let strategy: String
    package let evaluations: Int
    /// Over the seeds, of the pick's report.
    package let summary: Summary
    /// Mean over the seeds of the strategy's place among all, best 1, equals sharing theirs.
    package let rank: Double
    /// One-sided Mann–Whitney against random search; nil for random search itself.
    package let p: Double?
    /// The same corrected for the number of strategies (Holm).
    package let correctedP: Double?
    /// Mean number of proposals a run that cost nothing, and of graphs drawn in their place.
    package let repeats: Double
    package let draws: Double

    package init(
      strategy: String, evaluations: Int, summary: Summary, rank: Double, p: Double?,
      correctedP: Double?, repeats: Double, draws: Double
    ) {
      self.strategy = strategy
      self.evaluations = evaluations
      self.summary = summary
      self.rank = rank
      self.p = p
      self.correctedP = correctedP
      self.repeats = repeats
      self.draws = draws
    }
  }

  /// A strategy's mean over the seeds as its runs go on.
  package struct Curve: Hashable, Sendable {
    package let strategy: String
    /// After 1, 2, … evaluations.
    package let byCount: [Summary]
    /// At equally spaced costs.
    package let byCost: [CostPoint]

    package init(strategy: String, byCount: [Summary], byCost: [CostPoint]) {
      self.strategy = strategy
      self.byCount = byCount
      self.byCost = byCost
    }
  }

  /// Mean of the pick's report at a cost.
  package struct CostPoint: Hashable, Sendable {
    package let cost: Double
    package let summary: Summary

    package init(cost: Double, summary: Summary) {
      self.cost = cost
      self.summary = summary
    }
  }

  package let table: Table
  package let rule: SamplingRule
  /// Runs behind each line.
  package let seeds: Int
  package let lines: [Line]
  package let curves: [Curve]

  package init(
    table: Table, rule: SamplingRule, seeds: Int, lines: [Line], curves: [Curve]
  ) {
    self.table = table
    self.rule = rule
    self.seeds = seeds
    self.lines = lines
    self.curves = curves
  }
}
