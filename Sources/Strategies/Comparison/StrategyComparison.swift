package import Domain

/// Strategies × budgets × seeds on one table at equal evaluations, every run by itself.
///
/// The runs may be made in any order and on any number of threads: each is a function of its index.
package struct StrategyComparison: Sendable {
  package let table: BenchmarkTable
  package let rule: SamplingRule
  /// Random search first: it is what all others are compared with.
  package let contenders: [Contender]
  /// Numbers of evaluations, ascending.
  package let budgets: [Int]
  package let seeds: Int

  /// - Parameters:
  ///   - contenders: random search is added where it is missing.
  ///   - seeds: runs of each strategy at each budget, with the seeds 1…seeds.
  package init(
    _ table: BenchmarkTable, rule: SamplingRule, contenders: [Contender], budgets: [Int], seeds: Int
  ) {
    let control = RandomSearch.entry
    var faults: [Fault] = []
    let standard = Contender(
      control.id, control, Parameters([:], for: control.parameters, at: "", faults: &faults))
    self.table = table
    self.rule = rule
    self.contenders =
      [contenders.first { $0.entry.id == control.id } ?? standard]
      + contenders.filter { $0.entry.id != control.id }
    self.budgets = Set(budgets).sorted()
    self.seeds = seeds
  }

  /// How many runs there are.
  package var runs: Int { contenders.count * budgets.count * seeds }

  /// Makes one run.
  ///
  /// - Parameters:
  ///   - index: contender by contender, budget by budget, seed by seed.
  ///   - check: asked before every proposal; ends the run by throwing.
  /// - Throws: `ServiceError` when a strategy refuses its parameters, `SpaceError` when it cannot go on;
  ///   what `check` throws.
  package func run(_ index: Int, check: () throws -> Void = {}) throws -> TableSearch.Outcome {
    let contender = contenders[index / seeds / budgets.count]
    let budget = budgets[index / seeds % budgets.count]
    let seed = UInt64(index % seeds + 1)
    let strategy = try contender.entry.make(
      StrategyContext(
        points: table.points, parameters: contender.parameters,
        objectives: [Objective(.accuracy, .maximise)], seed: seed, trials: budget))
    var search = TableSearch(table, strategy: strategy, seed: seed, rule: rule)
    return try search.run(evaluations: budget, check: check)
  }

  /// Where the runs of a contender at a budget stand.
  package func range(contender: Int, budget: Int) -> Range<Int> {
    let start = (contender * budgets.count + budget) * seeds
    return start..<start + seeds
  }
}
