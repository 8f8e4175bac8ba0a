/// A problem of two levels: weights that minimise the training loss, choices that minimise the validation
/// loss of such weights.
package protocol BilevelProblem {
  associatedtype Number: BinaryFloatingPoint

  /// The weights, in any fixed order.
  var weights: [Number] { get nonmutating set }
  /// The optimizer's momentum of each weight.
  var momentum: [Number] { get }

  /// Gradients of the training loss at the weights of now, on the batch that the next step takes.
  func trainingGradients() throws -> (weights: [Number], alphas: [[Double]])
  /// Gradients of the validation loss on a fresh batch.
  func validationGradients() throws -> (weights: [Number], alphas: [[Double]])
}

/// The gradient of the validation loss by the choices, where the weights have taken one more step.
///
/// With w′ = w − ξ (μ m + ∇L_train(w) + λ w), it is ∇_α L_val(w′) less ξ times the mixed second derivatives
/// times ∇_w L_val(w′), which are the difference of ∇_α L_train at w ± ε ∇_w L_val(w′) over 2ε.
///
/// - Source: Liu et al. 2019, arXiv:1806.09055, eq. 6–8; momentum and decay in w′ as in the released code.
package struct LookAhead: Codable, Hashable, Sendable {
  package let momentum: Double
  package let decay: Double
  /// ε is this over the length of ∇_w L_val(w′).
  package var reach = 0.01

  package init(momentum: Double, decay: Double) {
    self.momentum = momentum
    self.decay = decay
  }

  /// The gradient by the choices; the weights are the same before and after, bit for bit.
  ///
  /// - Parameter rate: ξ; 0 gives the gradient of first order.
  package func gradient<Problem: BilevelProblem>(
    _ problem: Problem, rate: Double
  ) throws -> [[Double]] {
    typealias Number = Problem.Number
    guard rate > 0 else { return try problem.validationGradients().alphas }
    let start = problem.weights
    defer { problem.weights = start }
    let slope = try problem.trainingGradients().weights
    let velocity = problem.momentum
    problem.weights = start.indices.map {
      start[$0] - Number(rate)
        * (Number(momentum) * velocity[$0] + slope[$0] + Number(decay) * start[$0])
    }
    let ahead = try problem.validationGradients()
    let length = ahead.weights.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard length > 0 else { return ahead.alphas }
    let epsilon = reach / length
    func alphas(_ sign: Double) throws -> [[Double]] {
      problem.weights = start.indices.map { start[$0] + Number(sign * epsilon) * ahead.weights[$0] }
      return try problem.trainingGradients().alphas
    }
    let (up, down) = (try alphas(1), try alphas(-1))
    return ahead.alphas.indices.map { choice in
      ahead.alphas[choice].indices.map {
        ahead.alphas[choice][$0] - rate * (up[choice][$0] - down[choice][$0]) / (2 * epsilon)
      }
    }
  }
}
