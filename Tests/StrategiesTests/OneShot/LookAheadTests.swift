import Foundation
import Strategies
import Testing

/// y = v · Σ_o softmax(α)_o · o(u x) with o ReLU, identity and tanh, squared error: small enough to
/// differentiate by hand.
private final class Toy<Number: BinaryFloatingPoint>: BilevelProblem {
  static var width: Int { 4 }

  var stored: [Number]
  var alphas: [Double]
  /// 0, or by the number of the weight.
  var hasMomentum = false
  var momentum: [Number] {
    stored.indices.map { hasMomentum ? Number(0.3 - 0.1 * Double($0)) : 0 }
  }
  /// ReLU is left out where everything has to be smooth.
  let isSmooth: Bool
  let training: [(x: Double, y: Double)]
  let validation: [(x: Double, y: Double)]

  init(isSmooth: Bool) {
    self.isSmooth = isSmooth
    stored = [0.7, -0.4, 0.9, -1.1, 0.5, -0.8, 0.3, 0.6].map { Number($0 as Double) }
    alphas = [0.3, -0.2, 0.1]
    training = (0..<9).map {
      let x = Double($0) / 4 - 1.05
      return (x, sin(2 * x))
    }
    validation = (0..<7).map {
      let x = Double($0) / 3 - 0.95
      return (x, sin(2 * x) + 0.1)
    }
  }

  var weights: [Number] {
    get { stored }
    set { stored = newValue }
  }

  private func operations(_ z: Double) -> [(value: Double, slope: Double)] {
    let first: (Double, Double) = isSmooth ? (z * z / 2, z) : (max(z, 0), z > 0 ? 1 : 0)
    return [first, (z, 1), (tanh(z), 1 - tanh(z) * tanh(z))]
  }

  func loss(_ data: [(x: Double, y: Double)]) -> Double {
    pass(data).loss
  }

  func trainingGradients() -> (weights: [Number], alphas: [[Double]]) { gradients(training) }
  func validationGradients() -> (weights: [Number], alphas: [[Double]]) { gradients(validation) }

  private func gradients(
    _ data: [(x: Double, y: Double)]
  ) -> (weights: [Number], alphas: [[Double]]) {
    let pass = pass(data)
    return (pass.weights.map { Number($0) }, [pass.alphas])
  }

  private func pass(
    _ data: [(x: Double, y: Double)]
  ) -> (loss: Double, weights: [Double], alphas: [Double]) {
    let w = stored.map { Double($0) }
    let width = Self.width
    let shares = RelaxedChoices.softmax(alphas)
    var loss = 0.0
    var slopes = [Double](repeating: 0, count: w.count)
    var byShare = [0.0, 0.0, 0.0]
    for (x, y) in data {
      let units = (0..<width).map { operations(w[$0] * x) }
      let hidden = units.map { zip(shares, $0).reduce(0) { $0 + $1.0 * $1.1.value } }
      let error = zip(hidden, w[width...]).reduce(-y) { $0 + $1.0 * $1.1 }
      loss += error * error / 2
      for unit in 0..<width {
        slopes[width + unit] += error * hidden[unit]
        let mixed = zip(shares, units[unit]).reduce(0) { $0 + $1.0 * $1.1.slope }
        slopes[unit] += error * w[width + unit] * mixed * x
        for share in 0..<3 { byShare[share] += error * w[width + unit] * units[unit][share].value }
      }
    }
    let mean = zip(shares, byShare).reduce(0) { $0 + $1.0 * $1.1 }
    return (loss, slopes, zip(shares, byShare).map { $0 * ($1 - mean) })
  }
}

@Suite struct LookAheadTests {
  private func distance(_ one: [Double], _ other: [Double]) -> Double {
    let gap = zip(one, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (gap / other.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }

  /// ∇_α of L_val(w − ξ (μ m + ∇L_train(w, α) + λ w), α) by differences.
  private func bruteForce(
    _ toy: Toy<Double>, rate: Double, momentum: Double = 0, decay: Double = 0
  ) -> [Double] {
    func value(_ place: Int, _ change: Double) -> Double {
      let (weights, alphas) = (toy.weights, toy.alphas)
      defer { (toy.weights, toy.alphas) = (weights, alphas) }
      toy.alphas[place] += change
      let slope = toy.trainingGradients().weights
      toy.weights = weights.indices.map {
        weights[$0] - rate * (momentum * toy.momentum[$0] + slope[$0] + decay * weights[$0])
      }
      return toy.loss(toy.validation)
    }
    return (0..<3).map { (value($0, 1e-5) - value($0, -1e-5)) / 2e-5 }
  }

  @Test func `second order is the gradient through one step of the weights, first order is not`()
    throws
  {
    let toy = Toy<Double>(isSmooth: true)
    let truth = bruteForce(toy, rate: 0.05)
    let ahead = LookAhead(momentum: 0, decay: 0)
    let second = try ahead.gradient(toy, rate: 0.05)[0]
    let first = try ahead.gradient(toy, rate: 0)[0]
    #expect(distance(second, truth) < 1e-3, "\(second) and \(truth)")
    #expect(distance(first, truth) > 1e-2, "\(first) and \(truth)")
  }

  @Test func `momentum and decay are parts of the step`() throws {
    let toy = Toy<Double>(isSmooth: true)
    toy.hasMomentum = true
    let truth = bruteForce(toy, rate: 0.05, momentum: 0.9, decay: 0.3)
    let right = try LookAhead(momentum: 0.9, decay: 0.3).gradient(toy, rate: 0.05)[0]
    #expect(distance(right, truth) < 1e-3, "\(right) and \(truth)")
    for (momentum, decay) in [(0, 0.3), (0.9, 0), (-0.9, 0.3), (0.9, -0.3)] {
      let wrong = try LookAhead(momentum: momentum, decay: decay).gradient(toy, rate: 0.05)[0]
      #expect(distance(wrong, truth) > 2e-3, "\(momentum), \(decay): \(wrong)")
    }
  }

  @Test
  func
    `the difference is accurate where operations are smooth, and good enough in single precision`()
    throws
  {
    var fine = LookAhead(momentum: 0, decay: 0)
    fine.reach = 1e-3
    let smooth = Toy<Double>(isSmooth: true)
    let exact = zip(bruteForce(smooth, rate: 0.05), try fine.gradient(smooth, rate: 0.05)[0])
    #expect(exact.allSatisfy { abs($0 - $1) < 1e-6 })
    let (single, double) = (Toy<Float>(isSmooth: false), Toy<Double>(isSmooth: false))
    let coarse = LookAhead(momentum: 0, decay: 0)
    let gap = distance(
      try coarse.gradient(single, rate: 0.05)[0], try fine.gradient(double, rate: 0.05)[0])
    #expect(gap < 5e-3)
  }

  @Test func `without a step second order is first order, and weights come back bit for bit`()
    throws
  {
    let toy = Toy<Float>(isSmooth: false)
    let before = toy.weights
    let ahead = LookAhead(momentum: 0.9, decay: 3e-4)
    #expect(try ahead.gradient(toy, rate: 0) == toy.validationGradients().alphas)
    _ = try ahead.gradient(toy, rate: 0.1)
    #expect(toy.weights.map(\.bitPattern) == before.map(\.bitPattern))
  }
}
