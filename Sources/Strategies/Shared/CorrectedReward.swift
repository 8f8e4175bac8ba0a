/// The reward of an early-stopped training: its accuracy less what heavy and dense blocks lose by being
/// stopped early.
///
/// r = accuracy − μ · ln(MACs / reference) − ρ · ln(density), accuracy in 0…1, never below 0.
///
/// - Source: Zhong et al. 2017, arXiv:1708.05552, eq. 6; μ = 1 and ρ = 8 there, for percent.
/// - Departs: MACs are relative to a reference, no less than a thousandth of it, and a term whose
///   figure is not known is left out.
package struct CorrectedReward: Codable, Hashable, Sendable {
  package let macsWeight: Double
  package let densityWeight: Double

  package init(macsWeight: Double = 0.01, densityWeight: Double = 0.08) {
    self.macsWeight = macsWeight
    self.densityWeight = densityWeight
  }

  /// The correction alone, before anything is clamped: what is taken from the accuracy.
  package func correction(macs: Double?, reference: Double?, density: Double?) -> Double {
    var sum = 0.0
    if let macs, let reference, reference > 0 {
      sum += macsWeight * PortableMath.log(max(macs, reference / 1000) / reference)
    }
    if let density { sum += densityWeight * PortableMath.log(max(density, 1e-3)) }
    return sum
  }

  /// The reward, 0 or more: above 1 where a light block is nearly always right.
  package func callAsFunction(
    accuracy: Double, macs: Double?, reference: Double?, density: Double?
  ) -> Double {
    let value = accuracy - correction(macs: macs, reference: reference, density: density)
    return value.isFinite ? max(0, value) : 0
  }
}
