package import Domain

/// The wire form of how far a job's cheap score can be trusted.
package enum FidelityWire {
  package static func json(_ fidelity: JobFidelity, job: String) -> JSONValue {
    [
      "job": .string(job), "state": .string(fidelity.state.rawValue),
      "asked": .int(fidelity.asked), "chosen": .int(fidelity.chosen),
      "reached": .int(fidelity.reached), "note": .text(fidelity.note),
      "min_tau": .real(fidelity.minTau), "fell_back": .bool(fidelity.fellBack),
      "report": fidelity.report.map(report) ?? .null,
    ]
  }

  private static func report(_ report: FidelityReport) -> JSONValue {
    [
      "tau": estimate(report.tau), "tau_of_top_half": estimate(report.tauOfTopHalf),
      "spearman": estimate(report.spearman), "top_five": overlap(report.topFive, report),
      "top_fifth": overlap(report.topFifth, report), "regret": estimate(report.regret),
      "pairs": .array(
        report.pairs.map { pair in
          [
            "trial": .int(pair.trial), "search_accuracy": .number(pair.score),
            "search_loss": .real(pair.loss), "validation_accuracy": .number(pair.accuracy),
          ]
        }),
    ]
  }

  private static func overlap(
    _ overlap: FidelityReport.Overlap, _ report: FidelityReport
  ) -> JSONValue {
    [
      "k": .int(overlap.k), "share": estimate(overlap.share),
      "by_chance": .number(Double(overlap.k) / Double(report.pairs.count)),
    ]
  }

  private static func estimate(_ estimate: FidelityReport.Estimate) -> JSONValue {
    [
      "value": .number(estimate.value), "low": .number(estimate.low),
      "high": .number(estimate.high),
    ]
  }
}
