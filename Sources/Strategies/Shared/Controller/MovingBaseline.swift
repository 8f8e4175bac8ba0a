/// The moving average of rewards that advantages are measured from, without the bias of its start.
///
/// num ← μ·num + (1 − μ)·R, den ← μ·den + (1 − μ), value = num / den.
///
/// - Source: Dong & Yang 2020, arXiv:2009.00437, released code of the REINFORCE baseline.
package struct MovingBaseline: Codable, Hashable, Sendable {
  private let decay: Double
  private var numerator = 0.0
  private var denominator = 0.0

  package init(decay: Double) {
    self.decay = decay
  }

  /// nil before the first reward.
  package var value: Double? { denominator > 0 ? numerator / denominator : nil }

  package mutating func take(_ reward: Double) {
    numerator = decay * numerator + (1 - decay) * reward
    denominator = decay * denominator + (1 - decay)
  }
}
