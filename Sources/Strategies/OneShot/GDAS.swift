internal import Architectures
package import Domain
package import Training

/// Differentiable search by sampling: every step draws one branch of each choice by Gumbel noise and runs
/// it alone; the gradient goes straight through the draw to the softmax it came from.
///
/// The drawn branch weighs 1; by α its weight counts as p_h of p = softmax((log softmax(α) + noise) / τ), with
/// τ falling from 10 to 0.1. A step costs about what one child costs.
///
/// - Source: Dong & Yang 2019, arXiv:1910.04465, eq. 3–6 (noise, temperature), and the released code.
/// - Departs: the branches that are not drawn add nothing, not even their weight; their α learn through
///   the softmax alone.
package struct GDAS: SupernetSearch {
  package let settings: SharedWeights.Settings
  package var relaxation: Relaxation
  private let rate: WeightRate
  private let hottest: Double
  private let coldest: Double

  package init(_ parameters: Parameters) {
    settings = OneShotParameters.settings(parameters, isAffine: false, nesterov: false)
    relaxation = Relaxation(parameters)
    rate = WeightRate(base: parameters.number("learning_rate"))
    hottest = parameters.number("first_temperature")
    coldest = parameters.number("last_temperature")
  }

  package static let entry = StrategyEntry(
    id: "gdas",
    summary: "Draws one branch of each choice by Gumbel noise, learns the draw by gradients.",
    paper: "Dong & Yang 2019, arXiv:1910.04465",
    parameters: OneShotParameters.of(epochs: 40, learningRate: 0.05, rounds: 2, answers: 1)
      + Relaxation.parameters(alphaRate: 0.003) + [
        Parameter(
          "first_temperature", .number(min: 0.01, max: 100), default: 10,
          "τ of the first epoch; high ones draw nearly smooth gradients."),
        Parameter(
          "last_temperature", .number(min: 0.01, max: 100), default: 0.1, "τ of the last epoch."),
      ],
    homeSpace: "darts-cell", spaces: OneShotRegistry.relaxedSpaces,
    supernets: { $0.integer("rounds") }, make: { SharedWeightsStrategy($0) },
    restore: { try SharedWeightsStrategy.restored(from: $1) })

  /// One draw of all choices: the branches, and the softmax they were drawn from.
  package struct Draw: Hashable, Sendable {
    package let branches: [Int]
    package let shares: [[Double]]

    /// - Source: Jang et al. 2017, arXiv:1611.01144, eq. 1–2.
    package init(
      _ choices: RelaxedChoices, temperature: Double, using generator: inout SeededGenerator
    ) {
      shares = choices.shares.map { shares in
        RelaxedChoices.softmax(
          shares.map { share in
            // −log(E) with E exponential: Gumbel noise. 2⁻⁵⁴ keeps the logarithm finite.
            let exponential = -PortableMath.log(generator.unit() + 0x1p-54)
            let noise = -PortableMath.log(max(exponential, 0x1p-54))
            return (PortableMath.log(max(share, 0x1p-1000)) + noise) / temperature
          })
      }
      branches = shares.map { shares in
        shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
      }
    }

    /// Mixing weights: 1 for what was drawn, 0 for the others.
    package var weights: [[Double]] {
      zip(branches, shares).map { branch, shares in
        shares.indices.map { $0 == branch ? 1 : 0 }
      }
    }

    /// The gradient by α, given those by the weights of the drawn branches.
    package func gradient(_ mixing: [[Double]], temperature: Double) -> [[Double]] {
      zip(zip(branches, shares), mixing).map { draw, mixing in
        let (drawn, shares) = draw
        let factor = mixing[drawn] * shares[drawn] / temperature
        return shares.indices.map { factor * (($0 == drawn ? 1 : 0) - shares[$0]) }
      }
    }
  }

  package mutating func advance(
    _ shared: SharedWeights, epoch: Int, of epochs: Int
  ) throws -> [String: Double?] {
    _ = relaxation.prepared(for: shared)
    let steps = shared.samples.stepsPerEpoch
    var generator = SeededGenerator(jobSeed: shared.seed, purpose: .path, step: epoch)
    let progress = Double(epoch) / Double(max(1, epochs - 1))
    let temperature = hottest + (coldest - hottest) * progress
    var score = Score()
    for step in 0..<steps {
      guard let before = relaxation.choices else { break }
      if relaxation.learns(epoch: epoch, of: epochs) {
        let draw = Draw(before, temperature: temperature, using: &generator)
        try shared.mix(before.named(draw.weights))
        _ = try shared.validationGradients()
        relaxation.step(
          down: draw.gradient(relaxation.mixingGradients(shared), temperature: temperature))
      }
      guard let choices = relaxation.choices else { break }
      let draw = Draw(choices, temperature: temperature, using: &generator)
      try shared.mix(choices.named(draw.weights))
      let place = epoch * steps + step
      score.add(try shared.learn(rate: rate.rate(step: place, of: epochs * steps)))
    }
    return try relaxation.endEpoch(shared, epoch: epoch, of: epochs, training: score)
  }

  package var isFinished: Bool { relaxation.isFinished }
  package var strengths: [String: [Double]] { relaxation.strengths }
  package var warnings: [String] { relaxation.warnings }

  package func answers(_ shared: SharedWeights) throws -> [ScoredGenotype] {
    try relaxation.answers(shared)
  }
}
