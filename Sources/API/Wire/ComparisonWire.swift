package import Domain

/// The wire form of a comparison; a mean of no number and an interval of one are null.
package enum ComparisonWire {
  /// - Parameter request: The whole request, defaults filled in.
  package static func json(_ report: ComparisonReport, request: JSONValue) -> JSONValue {
    let table = report.table
    return [
      "request": request,
      "table": [
        "strings": .int(table.strings), "graphs": .int(table.graphs),
        "report": .string(table.report), "best": .number(table.best), "cost": .string(table.cost),
      ],
      "rows": .array(report.lines.map { row($0, of: report) }),
      "curves": .array(report.curves.map(curve)),
    ]
  }

  /// One strategy at one number of evaluations, as `bench strategies --json` prints it.
  package static func row(
    _ line: ComparisonReport.Line, of report: ComparisonReport
  ) -> JSONValue {
    [
      "strategy": .string(line.strategy), "evaluations": .int(line.evaluations),
      "seeds": .int(report.seeds), "mean": .number(line.summary.mean),
      "std": .number(line.summary.deviation), "low": .number(line.summary.low),
      "high": .number(line.summary.high), "rank": .number(line.rank), "p": .real(line.p),
      "p_holm": .real(line.correctedP), "rule": .string(report.rule.rawValue),
      "repeats": .number(line.repeats), "draws": .number(line.draws),
    ]
  }

  private static func curve(_ curve: ComparisonReport.Curve) -> JSONValue {
    [
      "strategy": .string(curve.strategy),
      "by_evaluations": .array(
        curve.byCount.enumerated().map { point($1, at: .int($0 + 1), of: "evaluations") }),
      "by_cost": .array(curve.byCost.map { point($0.summary, at: .number($0.cost), of: "cost") }),
    ]
  }

  private static func point(_ summary: Summary, at place: JSONValue, of axis: String) -> JSONValue {
    [
      axis: place, "mean": .number(summary.mean), "low": .number(summary.low),
      "high": .number(summary.high),
    ]
  }
}
