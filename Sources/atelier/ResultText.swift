internal import Domain
internal import Foundation

/// A job's result in words for a terminal.
enum ResultText {
  /// A heading and a line per finalist; search, validation and test accuracy in columns of their own.
  static func text(of result: JobResult) -> String {
    var lines = ["\(result.job) \(result.state.rawValue)"]
    if let reason = result.stopReason { lines[0] += " (\(reason.rawValue))" }
    if let plan = result.finalPlan, let why = plan.shrunkBecause {
      lines.append("final phase: \(why)")
    }
    lines.append(
      "trial  search  validation  test                       parameters        macs  architecture")
    for finalist in result.finalists {
      let test = finalist.testAccuracy.map { estimate in
        let interval =
          if let low = estimate.low, let high = estimate.high {
            " [\(number(low)), \(number(high))]"
          } else {
            ""
          }
        return number(estimate.mean) + interval + " n=\(estimate.values.count)"
      }
      lines.append(
        [
          pad("#\(finalist.trial)", 6), pad(number(finalist.searchAccuracy), 7),
          pad(finalist.validationAccuracy.map { number($0.mean) } ?? "-", 11), pad(test ?? "-", 26),
          String(repeating: " ", count: max(0, 10 - "\(finalist.parameters)".count))
            + "\(finalist.parameters)",
          String(repeating: " ", count: max(0, 11 - "\(finalist.macs)".count)) + "\(finalist.macs)",
          " " + finalist.code,
        ].joined(separator: " "))
    }
    if let digest = result.digest { lines.append("digest \(digest)") }
    return lines.joined(separator: "\n")
  }

  private static func number(_ value: Double) -> String {
    String(format: "%.4f", value)
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
