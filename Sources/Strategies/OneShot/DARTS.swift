internal import Architectures
package import Domain
package import Training

/// Differentiable architecture search: every choice is a mixture by a softmax over architecture parameters
/// α, which learn on validation batches while the weights learn on training batches.
///
/// Of second order, α's gradient looks one step of the weights ahead; the product with the mixed second
/// derivatives is a central difference of gradients at w ± ε ∇L_val(w′), divided by 2ε as a whole.
///
/// - Source: Liu et al. 2019, arXiv:1806.09055, §2, eq. 2–8, and the released code (the virtual step has
///   momentum and weight decay; ε = 0.01 / ‖∇L_val(w′)‖).
/// - Departs: batch statistics throughout; a warm-up of the weights; rates for minutes.
package struct DARTS: SupernetSearch {
  package let settings: SharedWeights.Settings
  package var relaxation: Relaxation
  private let rate: WeightRate
  private let isSecondOrder: Bool
  private let lookAhead: LookAhead

  package init(_ parameters: Parameters) {
    var settings = OneShotParameters.settings(parameters, isAffine: false, nesterov: false)
    settings.partialChannels = max(1, parameters.integer("divisor"))
    self.settings = settings
    relaxation = Relaxation(parameters)
    rate = WeightRate(base: parameters.number("learning_rate"))
    isSecondOrder = parameters.word("order") == "second"
    lookAhead = LookAhead(momentum: settings.momentum, decay: settings.weightDecay)
  }

  package static let entry = StrategyEntry(
    id: "darts",
    summary: "Mixes all operations, learns the mixture by gradients, keeps the strongest.",
    paper: "Liu et al. 2019, arXiv:1806.09055",
    parameters: OneShotParameters.of(epochs: 20, learningRate: 0.05, rounds: 2, answers: 1)
      + Relaxation.parameters(alphaRate: 0.003) + [
        Parameter(
          "order", .choice(["first", "second"]), default: "first",
          "Whether α's gradient looks one step of the weights ahead; second costs four to five times as "
            + "much.")
      ],
    homeSpace: "darts-cell", spaces: OneShotRegistry.relaxedSpaces,
    supernets: { $0.integer("rounds") }, make: { SharedWeightsStrategy($0) },
    restore: { try SharedWeightsStrategy.restored(from: $1) })

  /// Partial channels with edge normalisation: one channel in K goes through the operations, the others
  /// pass by; the edges of a node are weighed by a softmax of their own, which learns like α.
  ///
  /// - Source: Xu et al. 2020, arXiv:1907.05737, §3.
  package static let partial = StrategyEntry(
    id: "pc-darts",
    summary: "DARTS on a part of the channels, with edges weighed by their own softmax.",
    paper: "Xu et al. 2020, arXiv:1907.05737",
    parameters: OneShotParameters.of(epochs: 30, learningRate: 0.05, rounds: 2, answers: 1)
      + Relaxation.parameters(alphaRate: 0.006) + [
        Parameter(
          "divisor", .integer(min: 1, max: 64), default: 4,
          "K: one channel in so many goes through the operations (published: 4).")
      ],
    homeSpace: "darts-cell", spaces: OneShotRegistry.relaxedSpaces,
    supernets: { $0.integer("rounds") }, make: { SharedWeightsStrategy($0) },
    restore: { try SharedWeightsStrategy.restored(from: $1) })

  package mutating func advance(
    _ shared: SharedWeights, epoch: Int, of epochs: Int
  ) throws -> [String: Double?] {
    _ = relaxation.prepared(for: shared)
    let skips = Relaxation.skips(shared)
    let steps = shared.samples.stepsPerEpoch
    var score = Score()
    for step in 0..<steps {
      let place = epoch * steps + step
      let rate = rate.rate(step: place, of: epochs * steps)
      if relaxation.learns(epoch: epoch, of: epochs) {
        relaxation.step(down: try gradient(shared, rate: rate))
      }
      let weights = relaxation.weights(shared, skips: skips, step: place)
      try shared.mix(relaxation.choices?.named(weights) ?? [:])
      score.add(try shared.learn(rate: rate))
    }
    return try relaxation.endEpoch(shared, epoch: epoch, of: epochs, training: score)
  }

  /// The gradient of the validation loss by α; weights and α stay what they are.
  ///
  /// - Parameter rate: ξ, the step of the weights that is looked ahead; 0 makes second order first.
  package func gradient(_ shared: SharedWeights, rate: Double) throws -> [[Double]] {
    guard let choices = relaxation.choices else { return [] }
    try shared.mix(choices.strengths)
    return try lookAhead.gradient(Mixed(shared, choices), rate: isSecondOrder ? rate : 0)
  }

  package var isFinished: Bool { relaxation.isFinished }
  package var strengths: [String: [Double]] { relaxation.strengths }
  package var warnings: [String] { relaxation.warnings }

  package func answers(_ shared: SharedWeights) throws -> [ScoredGenotype] {
    try relaxation.answers(shared)
  }
}

/// The two levels of a supernet that is mixed by architecture parameters.
private struct Mixed: BilevelProblem {
  private let shared: SharedWeights
  private let choices: RelaxedChoices

  init(_ shared: SharedWeights, _ choices: RelaxedChoices) {
    self.shared = shared
    self.choices = choices
  }

  var weights: [Float] {
    get { shared.flatWeights }
    nonmutating set { shared.flatWeights = newValue }
  }
  var momentum: [Float] { shared.flatMomentum }

  func trainingGradients() throws -> (weights: [Float], alphas: [[Double]]) {
    _ = try shared.trainingGradients()
    return gradients
  }

  func validationGradients() throws -> (weights: [Float], alphas: [[Double]]) {
    _ = try shared.validationGradients()
    return gradients
  }

  private var gradients: (weights: [Float], alphas: [[Double]]) {
    let mixing = shared.mixingGradients(choices.keys)
    return (shared.flatGradients, choices.gradient(of: choices.shares, by: mixing))
  }
}
