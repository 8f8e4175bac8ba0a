internal import Domain

/// The architecture parameters α of a relaxation: one vector a choice, with Adam on them.
///
/// Plain double precision in a fixed order, so that a seed gives the same choices on every processor.
///
/// - Source: Liu et al. 2019, arXiv:1806.09055, eq. 2 and §3.1 (Adam with β = (0.5, 0.999), weight decay
///   1e-3, start 1e-3 · N(0, 1)).
package struct RelaxedChoices: Codable, Hashable, Sendable {
  /// Keys of the choices, in order.
  package let keys: [String]
  /// By choice: a number a branch.
  package private(set) var alphas: [[Double]]
  private let rate: Double
  private let decay: Double
  private var first: [[Double]]
  private var second: [[Double]]
  private var powers = [1.0, 1.0]

  /// A nearly uniform start.
  package init(
    _ choices: [(key: String, branches: Int)], rate: Double, decay: Double, seed: UInt64
  ) {
    keys = choices.map(\.key)
    var generator = SeededGenerator(jobSeed: seed, purpose: .initialisation, step: 1)
    alphas = choices.map { choice in
      (0..<choice.branches).map { _ in
        // Twelve uniform numbers: normal enough.
        0.001 * (0..<12).reduce(-6.0) { sum, _ in sum + generator.unit() }
      }
    }
    self.rate = rate
    self.decay = decay
    first = alphas.map { $0.map { _ in 0 } }
    second = first
  }

  /// Replaces all parameters; moments stay.
  package mutating func set(_ alphas: [[Double]]) {
    self.alphas = alphas
  }

  /// By choice, the softmax of its parameters.
  package var shares: [[Double]] { alphas.map { RelaxedChoices.softmax($0) } }

  /// The same by key.
  package var strengths: [String: [Double]] { named(shares) }

  /// Values by choice, by key.
  package func named(_ values: [[Double]]) -> [String: [Double]] {
    Dictionary(uniqueKeysWithValues: zip(keys, values))
  }

  /// The gradient by α, given that by the shares.
  package func gradient(of shares: [[Double]], by gradients: [[Double]]) -> [[Double]] {
    zip(shares, gradients).map { shares, gradients in
      let mean = zip(shares, gradients).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(shares, gradients).map { $0 * ($1 - mean) }
    }
  }

  /// One step of Adam down a gradient.
  package mutating func step(down gradient: [[Double]]) {
    let (beta1, beta2) = (0.5, 0.999)
    powers[0] *= beta1
    powers[1] *= beta2
    for choice in alphas.indices {
      for branch in alphas[choice].indices {
        let g = gradient[choice][branch] + decay * alphas[choice][branch]
        first[choice][branch] = beta1 * first[choice][branch] + (1 - beta1) * g
        second[choice][branch] = beta2 * second[choice][branch] + (1 - beta2) * g * g
        let mean = first[choice][branch] / (1 - powers[0])
        let square = second[choice][branch] / (1 - powers[1])
        alphas[choice][branch] -= rate * mean / (square.squareRoot() + 1e-8)
      }
    }
  }

  /// Mean entropy of the choices as a share of the most there can be, 0…1.
  package var entropy: Double {
    let entropies = shares.filter { $0.count > 1 }.map { shares in
      shares.reduce(0) { $0 - $1 * PortableMath.log(max($1, 0x1p-1000)) }
        / PortableMath.log(Double(shares.count))
    }
    return entropies.reduce(0, +) / Double(max(1, entropies.count))
  }

  /// e^a over its sum.
  package static func softmax(_ values: [Double]) -> [Double] {
    let largest = values.reduce(-Double.infinity) { max($0, $1) }
    let powers = values.map { PortableMath.exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
