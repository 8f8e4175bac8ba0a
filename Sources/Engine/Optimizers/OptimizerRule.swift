/// How gradients change the parameters; the semantics are those of `torch.optim`.
package enum OptimizerRule: Hashable, Sendable {
  case sgd(momentum: Float, nesterov: Bool, weightDecay: Float)
  case adam(beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float)

  /// Blocks of parameter size it keeps besides parameters and gradients.
  var stateBlocks: Int {
    switch self {
    case .sgd: 1
    case .adam: 2
    }
  }
}
