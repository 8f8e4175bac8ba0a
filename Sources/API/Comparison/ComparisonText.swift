package import Domain
internal import Foundation

/// A comparison as a Markdown table.
package struct ComparisonText {
  private let report: ComparisonReport

  package init(_ report: ComparisonReport) {
    self.report = report
  }

  /// A row for each strategy and number of evaluations.
  package var markdown: String {
    let table = report.table
    var lines = [
      "Rule `\(report.rule.rawValue)`, \(report.seeds) seeds, \(table.strings) strings, "
        + "\(table.graphs) graphs; `\(table.report)` of the pick, best of the table "
        + "\(number(table.best)). p: one-sided Mann–Whitney against random "
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
            "\(number(summary.low)) – \(number(summary.high))",
            number(summary.deviation), String(format: "%.2f", line.rank),
            line.p.map(probability) ?? "–", line.correctedP.map(probability) ?? "–",
            String(format: "%.1f", line.repeats), String(format: "%.1f", line.draws),
          ].joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  /// Percents with three digits, shares with five.
  private func number(_ value: Double) -> String {
    String(format: report.table.best <= 1 ? "%.5f" : "%.3f", value)
  }

  private func probability(_ value: Double) -> String {
    value < 0.001 ? String(format: "%.0e", value) : String(format: "%.3f", value)
  }
}
