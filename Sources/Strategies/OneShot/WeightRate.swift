internal import Engine

/// The learning rate of shared weights: half a cosine from a base down to a least rate.
///
/// - Source: Liu et al. 2019, arXiv:1806.09055, §3.1 (0.025 → 0.001 there).
struct WeightRate: Codable, Hashable, Sendable {
  let base: Double
  var least = 0.001

  /// The rate of one step, counted from 0, of `total`.
  func rate(step: Int, of total: Int) -> Double {
    let least = min(least, base)
    let share = Schedule.cosine(1).learningRate(step: step, of: total)
    return least + (base - least) * Double(share)
  }
}
