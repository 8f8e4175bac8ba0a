package import Domain

/// Where the next candidate comes from.
package enum Draw: Hashable, Sendable {
  case strategy
  /// Given: of a warm start.
  case given(Genotype)
  /// Uniform over the space, for the trial of this number.
  case random(Int)
}
