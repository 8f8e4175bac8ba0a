/// The winner of a search on shared weights among random architectures of the same space, all
/// retrained alike.
///
/// Were the search no better than drawing, the winner's rank among n draws would be uniform: the
/// chance of so high a rank is p = (1 + draws at or above it) / (n + 1).
///
/// - Source: Phipson & Smyth 2010, "Permutation p-values should never be zero".
package struct RankVerdict: Codable, Hashable, Sendable {
  package enum Answer: String, Codable, Sendable, CaseIterable {
    case better
    case notDistinguishable = "not_distinguishable"
  }

  /// Largest p that is called better.
  package static let level = 0.05

  package let answer: Answer
  /// Number of the winner's trial.
  package let trial: Int
  /// Mean validation accuracy of the winner's fresh runs.
  package let accuracy: Double
  /// Mean validation accuracies of the random architectures, best first.
  package let controls: [Double]
  /// Random architectures at or above the winner.
  package let above: Int
  package let p: Double
  /// Smallest p that so many controls allow; above `level`, no winner could be called better.
  package let floor: Double

  /// nil without a control.
  ///
  /// - Parameter controls: mean validation accuracy of each, 0 for a run that did not complete.
  package init?(trial: Int, accuracy: Double, controls: [Double]) {
    guard !controls.isEmpty else { return nil }
    self.trial = trial
    self.accuracy = accuracy
    self.controls = controls.sorted(by: >)
    above = controls.count { $0 >= accuracy }
    p = Double(1 + above) / Double(controls.count + 1)
    floor = 1 / Double(controls.count + 1)
    answer = p <= RankVerdict.level ? .better : .notDistinguishable
  }

  /// The verdict of a job's final runs; nil without controls and until their runs have ended.
  ///
  /// The winner was chosen by other runs than those compared here, so that its luck in being chosen is
  /// not counted for it. A control that was cut by the time is left out.
  package init?(plan: FinalPlan, runs: [FinalRun]) {
    guard !plan.controls.isEmpty, let winner = runs.first(where: { $0.stage == .test })?.trial,
      let own = RankVerdict.mean(of: winner, plan, runs)
    else { return nil }
    let waiting = runs.contains { plan.isComparison($0) && !$0.state.isFinished }
    guard !waiting else { return nil }
    self.init(
      trial: winner, accuracy: own,
      controls: plan.controls.filter { $0 != winner }.compactMap {
        RankVerdict.mean(of: $0, plan, runs)
      })
  }

  /// Mean over a trial's fresh repetitions; nil where one has not been done.
  private static func mean(of trial: Int, _ plan: FinalPlan, _ runs: [FinalRun]) -> Double? {
    let own = runs.filter { $0.trial == trial && plan.isComparison($0) }
    guard !own.isEmpty, own.count == plan.comparisonRepetitions.count,
      own.allSatisfy({ $0.state.isFinished && $0.state != .cancelled })
    else { return nil }
    let sum = own.reduce(0) { sum, run in
      sum + (run.state == .completed ? run.metrics[MetricName.validationAccuracy] ?? 0 : 0)
    }
    return sum / Double(own.count)
  }
}
