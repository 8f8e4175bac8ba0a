internal import Foundation

/// What a job's strategy was worth beside uniform draws of the same job, by a rank test.
///
/// Compared are the second half of the strategy's completed trials, when it had learnt what it could,
/// and all completed random ones; repeats count once. Best against best of unequal numbers would favour
/// whoever drew more often.
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
    let measured = trials.filter { $0.cachedFrom == nil && $0.searchAccuracy != nil }
    let strategy = measured.filter { !$0.candidate.isRandom }.sorted { $0.number < $1.number }
    guard !strategy.contains(where: { $0.candidate.parent != nil }) else { return nil }
    let late = strategy.suffix((strategy.count + 1) / 2).compactMap(\.searchAccuracy)
    let control = measured.filter(\.candidate.isRandom).compactMap(\.searchAccuracy)
    guard !late.isEmpty, !control.isEmpty else { return nil }
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
}
