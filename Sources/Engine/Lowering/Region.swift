/// The parts of an arena that keep their place and meaning for as long as it lives.
enum Region: Int, CaseIterable, Hashable, Sendable {
  case controls
  /// Learned parameters; gradients and moments follow in the same order, so that one call updates
  /// them all.
  case parameters
  case gradients
  case firstMoments
  case secondMoments
  /// The mixing weights of every choice, in the order of their architecture parameters.
  case mixing
  case mixingGradients
  /// Running statistics.
  case statistics
  case inputs
  case labels
  /// Where threads share the images of a batch: the logits of all, and their gradient.
  case logits
  case logitGradients
  /// The gradients that every thread but the first sums over its images.
  case gradientCopies
  /// Where threads meet.
  case barrier
}
