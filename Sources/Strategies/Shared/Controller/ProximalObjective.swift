/// The clipped objective of proximal policy optimisation, decision by decision.
///
/// - Source: Schulman et al. 2017, arXiv:1707.06347, eq. 7.
package struct ProximalObjective: Sendable {
  /// ε: how far a ratio may leave 1.
  package let clip: Double

  package init(clip: Double) {
    self.clip = clip
  }

  /// What the gradient of each log-probability is weighted with: ρ A, or 0 where the clipped term is
  /// the smaller one.
  package func weights(_ now: [Double], old: [Double], advantage: Double) -> [Double] {
    zip(now, old).map { now, old in
      let ratio = PortableMath.exp(now - old)
      let isCut = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip
      return isCut ? 0 : ratio * advantage
    }
  }
}
