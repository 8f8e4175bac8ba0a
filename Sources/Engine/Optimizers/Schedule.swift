#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How the learning rate moves over the steps of one training.
package struct Schedule: Codable, Hashable, Sendable {
  package enum Decay: String, Codable, Sendable, CaseIterable {
    /// Half a cosine from the base rate to zero.
    case cosine
    case constant
  }

  package var decay: Decay
  /// The rate of step 0.
  package var base: Float

  package init(_ decay: Decay, base: Float) {
    self.decay = decay
    self.base = base
  }

  /// A rate that falls along half a cosine from `base` to zero.
  package static func cosine(_ base: Float) -> Schedule { Schedule(.cosine, base: base) }

  /// The same rate for all steps.
  package static func constant(_ base: Float) -> Schedule { Schedule(.constant, base: base) }

  /// The rate of one step, counted from 0, of `total`.
  ///
  /// - Source: Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5, without restarts.
  package func learningRate(step: Int, of total: Int) -> Float {
    switch decay {
    case .constant: return base
    case .cosine:
      guard total > 0 else { return base }
      let progress = Double(min(max(step, 0), total)) / Double(total)
      return Float(Double(base) * 0.5 * (1 + cos(Double.pi * progress)))
    }
  }
}
