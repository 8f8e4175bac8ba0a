internal import Foundation

/// What a job's strategy was worth beside uniform draws of the same job, by a rank test.
///
/// Compared are the second half of the strategy's trials, when it had learnt what it could, and all
/// random ones; repeats count once. A trial that was stopped early, diverged or failed counts as lower
/// than all that completed, and equal to its like: a pruner picks the best of both sides, and what it
/// leaves of each says little. Best against best of unequal numbers would favour whoever drew more
/// often.
package struct ControlVerdict: Codable, Hashable, Sendable {
  package enum Answer: String, Codable, Sendable, CaseIterable {
    case better, worse
    case notDistinguishable = "not_distinguishable"
  }

  /// Chance of a false `better`, and likewise of a false `worse`.
  package static let level = 0.05
  /// The effect that the power is told for: a strategy's trial beats a random one three times in four.
  package static let telling = 0.75

  package let answer: Answer
  package let test: MannWhitney
  package let strategyTrials: Int
  package let controlTrials: Int
  /// Chance that a test of these sizes says `better` where the true effect is 0.75.
  ///
  /// - Source: Noether 1987, "Sample size determination for some common nonparametric tests", eq. 4.
  package let power: Double

  private enum CodingKeys: String, CodingKey {
    case answer, test, power
    case strategyTrials = "strategy_trials"
    case controlTrials = "control_trials"
  }

  /// nil where either side has no trial, or where the strategy's trials inherit weights: they have been
  /// trained longer than the control's, and only the final phase, which trains all anew, is fair.
  package init?(of trials: [Trial]) {
    let scored = trials.filter { $0.cachedFrom == nil }.sorted { $0.number < $1.number }
      .compactMap { trial in ControlVerdict.score(trial).map { (trial.candidate, $0) } }
    let strategy = scored.filter { !$0.0.isRandom }
    guard !strategy.contains(where: { $0.0.parent != nil }) else { return nil }
    let late = strategy.suffix((strategy.count + 1) / 2).map(\.1)
    let control = scored.filter(\.0.isRandom).map(\.1)
    guard late.contains(where: { $0 > ControlVerdict.lowest }),
      control.contains(where: { $0 > ControlVerdict.lowest })
    else { return nil }
    test = MannWhitney(late, against: control)
    strategyTrials = late.count
    controlTrials = control.count
    answer =
      test.pAbove < ControlVerdict.level
      ? .better : test.pBelow < ControlVerdict.level ? .worse : .notDistinguishable
    let n = Double(late.count)
    let m = Double(control.count)
    let shift = (ControlVerdict.telling - 0.5) * (12 * n * m / (n + m + 1)).squareRoot()
    power = 0.5 * erfc((1.644_853_626_951_472 - shift) / 2.0.squareRoot())
  }

  /// Lower than any accuracy.
  private static let lowest = -1.0

  /// What a trial counts as; nil: it was not trained.
  private static func score(_ trial: Trial) -> Double? {
    switch trial.state {
    case .completed: trial.searchAccuracy
    case .stoppedEarly, .diverged, .failed: lowest
    case .pending, .running, .infeasible, .cancelled: nil
    }
  }
}
