/// Adam on the weights of a controller; moments are single-precision numbers, which is what is stored.
///
/// - Source: Kingma & Ba 2015, arXiv:1412.6980, algorithm 1 (β₁ 0.9, β₂ 0.999, ε 1e-8).
struct ControllerOptimizer: Codable, Sendable {
  private let rate: Double
  private var first: PackedNumbers
  private var second: PackedNumbers
  /// β₁ᵗ and β₂ᵗ.
  private var firstPower = 1.0
  private var secondPower = 1.0

  init(_ controller: Controller, rate: Double) {
    self.rate = rate
    let zeros = [Double](repeating: 0, count: controller.weights.count)
    first = PackedNumbers(zeros, width: .four)
    second = first
  }

  /// One step down the gradient.
  mutating func step(_ controller: inout Controller, down gradient: PolicyGradient) {
    let (beta1, beta2) = (0.9, 0.999)
    firstPower *= beta1
    secondPower *= beta2
    let scale = rate / (1 - firstPower)
    let spread = 1 / (1 - secondPower)
    for index in gradient.values.indices {
      let g = gradient.values[index]
      let mean = PackedNumbers.rounded(beta1 * first.values[index] + (1 - beta1) * g)
      let square = PackedNumbers.rounded(beta2 * second.values[index] + (1 - beta2) * g * g)
      first.values[index] = mean
      second.values[index] = square
      controller.weights[index] = PackedNumbers.rounded(
        controller.weights[index] - scale * mean / ((square * spread).squareRoot() + 1e-8))
    }
  }
}
