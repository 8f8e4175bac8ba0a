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
    if let fidelity = result.fidelity { lines += text(of: fidelity) }
    if let rank = result.rank { lines += text(of: rank) }
    if let verdict = result.verdict {
      let answer = verdict.answer.rawValue.replacingOccurrences(of: "_", with: " ")
      lines.append(
        "against \(verdict.controlTrials) random trials: \(answer) (p \(number(verdict.test.pAbove)), "
          + "power \(number(verdict.power)))")
    }
    if let digest = result.digest { lines.append("digest \(digest)") }
    return lines.joined(separator: "\n")
  }

  /// How far the search's score is to be trusted.
  private static func text(of fidelity: JobFidelity) -> [String] {
    let note = fidelity.note.map { " (\($0))" } ?? ""
    guard let report = fidelity.report else {
      return fidelity.state == .skipped || fidelity.state == .finished
        ? ["fidelity of the search's score: not measured" + note] : []
    }
    func text(_ estimate: FidelityReport.Estimate) -> String {
      "\(number(estimate.value)) [\(number(estimate.low)), \(number(estimate.high))]"
    }
    var lines = [
      "fidelity of the search's score, n=\(fidelity.reached): tau \(text(report.tau)), of the top half "
        + "\(text(report.tauOfTopHalf)), regret \(text(report.regret))" + note
    ]
    if fidelity.fellBack {
      lines.append(
        "tau's lower bound is below \(number(fidelity.minTau ?? 0)): finalists were chosen by "
          + "accuracy alone")
    }
    return lines
  }

  /// The winner among random architectures.
  private static func text(of rank: RankVerdict) -> [String] {
    let answer = rank.answer.rawValue.replacingOccurrences(of: "_", with: " ")
    let floor =
      rank.floor > RankVerdict.level
      ? "; so few controls allow no p below \(number(rank.floor))" : ""
    return [
      "retrained anew beside \(rank.controls.count) random architectures: \(answer) "
        + "(\(number(rank.accuracy)), \(rank.above) at or above it, p \(number(rank.p))\(floor))"
    ]
  }

  private static func number(_ value: Double) -> String {
    String(format: "%.4f", value)
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
