/// Where the next candidate comes from.
package enum Draw: Hashable, Sendable {
  case strategy
  /// Uniform over the space, for the trial of this number.
  case random(Int)
}
