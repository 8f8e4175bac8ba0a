internal import Architectures
package import Domain
package import Training

/// Efficient neural architecture search: a recurrent controller draws paths of a supernet, whose weights
/// and whose policy are trained in turns.
///
/// In every epoch the weights take one path of the policy a step; then, with the weights at rest, the
/// policy is rewarded with the accuracy of paths on a few validation rows. Skip bits are held near a
/// target share by a divergence.
///
/// - Source: Pham et al. 2018, arXiv:1802.03268, §2, and the released code (baseline, skip penalty).
/// - Departs: sizes and rates for minutes on two cores; Adam with β₁ 0.9 on the policy; operations start
///   unbiased, where the released code's +10 freezes two of them.
package struct ENAS: SupernetSearch {
  package let settings: SharedWeights.Settings
  private let rate: WeightRate
  private let warmup: Int
  private let policySteps: Int
  private let aggregate: Int
  private let rewardBatches: Int
  private let entropy: Double
  private let skip: PolicyGradient.SkipPenalty
  private let derived: Int
  package private(set) var controller: Controller
  private var optimizer: ControllerOptimizer
  private var baseline: MovingBaseline

  package init(_ points: [DecisionPoint], _ parameters: Parameters, seed: UInt64) {
    settings = OneShotParameters.settings(parameters, isAffine: true, nesterov: true)
    rate = WeightRate(base: parameters.number("learning_rate"))
    warmup = parameters.integer("warmup")
    policySteps = parameters.integer("policy_steps")
    aggregate = parameters.integer("aggregate")
    rewardBatches = max(1, (parameters.integer("reward_rows") + 1) / settings.batchSize)
    entropy = parameters.number("entropy")
    skip = PolicyGradient.SkipPenalty(
      weight: parameters.number("skip_weight"), target: parameters.number("skip_target"))
    derived = parameters.integer("derive")
    var shape = Controller.Shape()
    shape.hidden = parameters.integer("hidden")
    shape.start = 0.1
    let bound = parameters.number("bound")
    shape.bound = bound > 0 ? bound : nil
    shape.temperature = parameters.number("temperature")
    controller = Controller(points, shape, seed: seed)
    optimizer = ControllerOptimizer(controller, rate: parameters.number("policy_rate"))
    baseline = MovingBaseline(decay: parameters.number("baseline_decay"))
  }

  package static let entry = StrategyEntry(
    id: "enas",
    summary: "A controller draws paths of one shared network; weights and policy learn in turns.",
    paper: "Pham et al. 2018, arXiv:1802.03268",
    parameters: OneShotParameters.of(epochs: 30, learningRate: 0.05, rounds: 1, answers: 3) + [
      Parameter(
        "warmup", .integer(min: 0, max: 10_000), default: 4,
        "First epochs in which paths are drawn uniformly and the policy does not learn; a quarter of all "
          + "at most."),
      Parameter(
        "policy_steps", .integer(min: 0, max: 10_000), default: 10,
        "Steps of the policy after each epoch of the weights (published: 2,000; released: 30 to 50)."
      ),
      Parameter(
        "aggregate", .integer(min: 1, max: 1000), default: 8,
        "Paths drawn for each step of the policy (released: 10 to 20)."),
      Parameter(
        "reward_rows", .integer(min: 1, max: 100_000), default: 128,
        "Validation rows that a path's reward is measured on, rounded to batches."),
      Parameter(
        "policy_rate", .number(min: 0, max: 1), default: 0.005, "Adam's rate for the policy."),
      Parameter(
        "hidden", .integer(min: 1, max: 256), default: 32,
        "Units of the controller's recurrent layer (released: 64)."),
      Parameter(
        "bound", .number(min: 0, max: 100), default: 1.5,
        "Scores become bound · tanh(score / temperature); 0: they are not bounded."),
      Parameter(
        "temperature", .number(min: 0.01, max: 100), default: 1,
        "What scores are divided by (published: 5)."),
      Parameter(
        "entropy", .number(min: 0, max: 10), default: 0.001, "Weight of the policy's entropy."),
      Parameter(
        "baseline_decay", .number(min: 0, max: 1), default: 0.99,
        "Decay of the moving average that rewards are compared with."),
      Parameter(
        "skip_target", .number(min: 0.01, max: 0.99), default: 0.4,
        "Share of skips that the policy is held to, where the space has skip bits."),
      Parameter(
        "skip_weight", .number(min: 0, max: 100), default: 0.8, "How strongly it is held to it."),
      Parameter(
        "derive", .integer(min: 1, max: 10_000), default: 10,
        "Paths drawn from the trained policy, among which the best are the answers."),
    ],
    homeSpace: "enas-micro", spaces: OneShotRegistry.spaces,
    supernets: { $0.integer("rounds") }, make: { SharedWeightsStrategy($0) },
    restore: { try SharedWeightsStrategy.restored(from: $1) })

  package mutating func advance(
    _ shared: SharedWeights, epoch: Int, of epochs: Int
  ) throws -> [String: Double?] {
    let score = try learnWeights(shared, epoch: epoch, of: epochs)
    var metrics: [String: Double?] = [
      MetricName.trainLoss: score.lossSum.isFinite ? score.loss : nil,
      MetricName.trainAccuracy: score.accuracy,
    ]
    guard !isWarmup(epoch, of: epochs) else { return metrics }
    let reward = try learnPolicy(shared, epoch: epoch)
    metrics["reward"] = reward.mean
    metrics["policy_entropy"] = reward.entropy
    metrics["skip_share"] = reward.skips
    return metrics
  }

  private func isWarmup(_ epoch: Int, of epochs: Int) -> Bool { epoch < min(warmup, epochs / 4) }

  /// One epoch of the weights; the policy rests.
  package func learnWeights(
    _ shared: SharedWeights, epoch: Int, of epochs: Int
  ) throws -> Score {
    var generator = SeededGenerator(jobSeed: shared.seed, purpose: .path, step: 2 * epoch)
    var score = Score()
    let steps = shared.samples.stepsPerEpoch
    let isWarmup = isWarmup(epoch, of: epochs)
    for step in 0..<steps {
      let path =
        isWarmup
        ? Genotype.random(in: shared.space.points, using: &generator)
        : controller.sample(using: &generator).genotype
      try shared.choose(path)
      score.add(
        try shared.learn(rate: rate.rate(step: epoch * steps + step, of: epochs * steps)))
    }
    return score
  }

  /// The policy's steps after an epoch; the weights rest.
  ///
  /// - Returns: means over all paths drawn.
  package mutating func learnPolicy(
    _ shared: SharedWeights, epoch: Int
  ) throws -> (mean: Double, entropy: Double, skips: Double?) {
    let batches = rewardBatches
    return try learnPolicy(epoch: epoch, seed: shared.seed, points: shared.space.points) {
      try shared.choose($0)
      return try shared.drawnScore(batches: batches).accuracy
    }
  }

  /// The same with rewards from elsewhere.
  package mutating func learnPolicy(
    epoch: Int, seed: UInt64, points: [DecisionPoint], reward: (Genotype) throws -> Double
  ) throws -> (mean: Double, entropy: Double, skips: Double?) {
    var generator = SeededGenerator(jobSeed: seed, purpose: .path, step: 2 * epoch + 1)
    var sums = (reward: 0.0, entropy: 0.0)
    var skips = (yes: 0, all: 0)
    for _ in 0..<policySteps {
      var gradient = PolicyGradient(controller)
      let share = 1 / Double(aggregate)
      for _ in 0..<aggregate {
        let pass = controller.sample(using: &generator)
        let value = try reward(pass.genotype)
        baseline.take(value)
        gradient.add(
          pass, of: controller,
          weights: Array(
            repeating: share * (value - (baseline.value ?? value)),
            count: pass.logProbabilities.count),
          entropyWeight: share * entropy, skip: skip.scaled(by: share))
        sums.reward += value
        sums.entropy += pass.entropies.reduce(0, +)
        for (point, decision) in zip(points, pass.genotype.decisions) where point.link != nil {
          skips.all += 1
          skips.yes += decision ?? 0
        }
      }
      optimizer.step(&controller, down: gradient)
    }
    let count = Double(max(1, policySteps * aggregate))
    return (
      sums.reward / count, sums.entropy / count,
      skips.all > 0 ? Double(skips.yes) / Double(skips.all) : nil
    )
  }

  package func answers(_ shared: SharedWeights) throws -> [ScoredGenotype] {
    var generator = SeededGenerator(jobSeed: shared.seed, purpose: .proposal)
    var seen: Set<Genotype> = []
    var scored: [ScoredGenotype] = []
    for number in 0..<derived where number == 0 || !shared.isLate() {
      let genotype = controller.sample(using: &generator).genotype
      guard seen.insert(genotype).inserted else { continue }
      scored.append(ScoredGenotype(genotype, try shared.score(genotype)))
    }
    return scored.stablySorted(by: ScoredGenotype.isBetter)
  }
}
