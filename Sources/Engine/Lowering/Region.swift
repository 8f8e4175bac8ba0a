/// The parts of an arena that keep their place and meaning for as long as it lives.
enum Region: Int, CaseIterable, Hashable, Sendable {
  case controls
  /// Learned parameters; gradients and moments follow in the same order, so that one call updates
  /// them all.
  case parameters
  case gradients
  case firstMoments
  case secondMoments
  /// Running statistics.
  case statistics
  case inputs
  case labels
}
