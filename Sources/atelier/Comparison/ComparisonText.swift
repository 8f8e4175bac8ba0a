internal import Domain
internal import Foundation
internal import Strategies

/// A comparison in words: a Markdown table, or a JSON object a line.
struct ComparisonText {
  private let comparison: StrategyComparison
  private let report: ComparisonReport

  init(_ comparison: StrategyComparison, _ report: ComparisonReport) {
    self.comparison = comparison
    self.report = report
  }

  /// A table of all strategies for each number of evaluations.
  var markdown: String {
    let table = comparison.table
    var lines = [
      "Rule `\(comparison.rule.rawValue)`, \(comparison.seeds) seeds, \(table.codes.count) strings, "
        + "\(table.graphs.count) graphs; `\(table.report.name)` of the pick, best of the table "
        + "\(number(table.report.values.max() ?? .nan)). p: one-sided Mann–Whitney against random "
        + "search, corrected by Holm for the strategies beside it.",
      "",
      "| strategy | evaluations | mean | 95 % interval | std | mean rank | p | p (Holm) "
        + "| free repeats | draws |",
      "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for line in report.lines {
      let summary = line.summary
      lines.append(
        "| "
          + [
            line.strategy, "\(line.evaluations)", number(summary.mean),
            "\(number(summary.mean - summary.margin)) – \(number(summary.mean + summary.margin))",
            number(summary.deviation), String(format: "%.2f", line.rank),
            line.p.map(probability) ?? "–", line.correctedP.map(probability) ?? "–",
            String(format: "%.1f", line.repeats), String(format: "%.1f", line.draws),
          ].joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  /// One object for each strategy and number of evaluations.
  var jsonLines: String {
    report.lines.map { $0.json(rule: comparison.rule).canonical }.joined(separator: "\n")
  }

  /// Percents with three digits, shares with five.
  private func number(_ value: Double) -> String {
    let isShare = comparison.table.report.values.allSatisfy { $0 <= 1 }
    return String(format: isShare ? "%.5f" : "%.3f", value)
  }

  private func probability(_ value: Double) -> String {
    value < 0.001 ? String(format: "%.0e", value) : String(format: "%.3f", value)
  }
}
