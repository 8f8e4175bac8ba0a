extension Plan {
  /// What a training step of a plan is for.
  package enum Goal: Hashable, Sendable {
    /// The mean cross-entropy's gradient, and the optimizer's update.
    case learning
    /// The gradient of the sum of all logits of all rows; nothing is updated but running statistics.
    case outputSum
    /// The logits alone, normalised by the statistics of the batch; nothing is updated but running
    /// statistics, and no gradient is computed.
    case forward
  }
}
