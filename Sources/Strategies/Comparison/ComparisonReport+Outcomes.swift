package import Domain

/// From the outcomes of a comparison's runs to what they say.
extension ComparisonReport {
  /// Sums a comparison up.
  ///
  /// - Parameter outcomes: of all its runs, in their order.
  package init(_ comparison: StrategyComparison, _ outcomes: [TableSearch.Outcome]) {
    var lines: [Line] = []
    for (place, budget) in comparison.budgets.enumerated() {
      let runs = comparison.contenders.indices.map { contender in
        Array(outcomes[comparison.range(contender: contender, budget: place)])
      }
      let reports = runs.map { $0.map { $0.report ?? .nan } }
      // A run that found nothing ranks below all that found something.
      let ranked = reports.map { $0.map { $0.isNaN ? -.infinity : $0 } }
      let ranks = ComparisonReport.meanRanks(ranked)
      let tests = ranked.dropFirst().map { MannWhitney($0, against: ranked[0]).pAbove }
      let corrected = ComparisonReport.holm(tests)
      for (index, contender) in comparison.contenders.enumerated() {
        lines.append(
          Line(
            strategy: contender.name, evaluations: budget, summary: Summary(reports[index]),
            rank: ranks[index], p: index == 0 ? nil : tests[index - 1],
            correctedP: index == 0 ? nil : corrected[index - 1],
            repeats: Summary(runs[index].map { Double($0.repeats) }).mean,
            draws: Summary(runs[index].map { Double($0.draws) }).mean))
      }
    }
    let last = comparison.budgets.count - 1
    let curves = comparison.contenders.indices.map { index in
      let runs = Array(outcomes[comparison.range(contender: index, budget: last)])
      return Curve(
        strategy: comparison.contenders[index].name,
        byCount: ComparisonReport.byCount(runs, evaluations: comparison.budgets[last]),
        byCost: ComparisonReport.byCost(runs))
    }
    let table = comparison.table
    self.init(
      table: Table(
        strings: table.codes.count, graphs: table.graphs.count, report: table.report.name,
        best: table.report.values.max() ?? .nan, cost: table.cost.name),
      rule: comparison.rule, seeds: comparison.seeds, lines: lines, curves: curves)
  }

  /// Probabilities corrected for their number, in the same order.
  ///
  /// - Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
  package static func holm(_ values: [Double]) -> [Double] {
    var corrected = values
    var floor = 0.0
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    for (place, index) in order.enumerated() {
      floor = max(floor, min(1, values[index] * Double(values.count - place)))
      corrected[index] = floor
    }
    return corrected
  }

  /// The mean place of each row of values among the rows, column by column.
  package static func meanRanks(_ values: [[Double]]) -> [Double] {
    let columns = values.first?.count ?? 0
    return values.indices.map { own in
      let sum = (0..<columns).reduce(0.0) { sum, column in
        let value = values[own][column]
        let above = values.count { $0[column] > value }
        let equal = values.count { $0[column] == value }
        return sum + Double(above) + Double(equal + 1) / 2
      }
      return sum / Double(max(1, columns))
    }
  }

  private static func byCount(_ runs: [TableSearch.Outcome], evaluations: Int) -> [Summary] {
    (0..<evaluations).map { place in
      // A search that ended early keeps its pick.
      Summary(runs.map { $0.reports.isEmpty ? .nan : $0.reports[min(place, $0.reports.count - 1)] })
    }
  }

  private static func byCost(_ runs: [TableSearch.Outcome], points: Int = 60) -> [CostPoint] {
    let start = runs.compactMap(\.costs.first).max() ?? 0
    let end = Summary(runs.compactMap(\.costs.last)).mean
    guard end > start else { return [] }
    return (0...points).map { step in
      let cost = start + (end - start) * Double(step) / Double(points)
      let values = runs.map { run in
        let place = run.costs.firstIndex { $0 > cost } ?? run.costs.count
        return place > 0 ? run.reports[place - 1] : .nan
      }
      return CostPoint(cost: cost, summary: Summary(values))
    }
  }
}
