internal import Architectures
package import Domain

/// The search of NASNet: a recurrent controller trained by proximal policy optimisation.
///
/// Each batch of its own proposals, observed in order, makes several steps of Adam on
/// −Σ_t min(ρ_t A, clip(ρ_t, 1 − ε, 1 + ε) A), where ρ_t is a decision's probability now over that when
/// it was drawn (a ratio per decision, not per sequence) and A the reward less its moving average.
///
/// - Source: Zoph, Vasudevan, Shlens & Le 2017, arXiv:1707.07012, §3 and appendix A; Schulman et al. 2017,
///   arXiv:1707.06347, eq. 7.
/// - Departs: one layer of 32 units, rate 0.005, for a hundred trials instead of twenty thousand; the
///   probabilities of the draw are kept, also where updates came in between.
package struct NASNetPPO: SearchStrategy {
  package var controller: Controller { search.controller }
  private var search: ControllerSearch
  private let entropyWeight: Double
  private let epochs: Int
  private let clip: Double
  private let longest: Double

  package init(_ context: StrategyContext) {
    let parameters = context.parameters
    var shape = Controller.Shape()
    shape.hidden = parameters.integer("hidden")
    shape.layers = parameters.integer("controller_layers")
    shape.start = 0.1
    search = ControllerSearch(
      Controller(context.points, shape, seed: context.seed),
      rate: parameters.number("learning_rate"),
      baselineDecay: parameters.number("baseline_decay"),
      reward: CurveReward(
        context.objectives, epochs: parameters.integer("reward_epochs"),
        power: parameters.integer("reward_power")),
      batchSize: parameters.integer("batch"), seed: context.seed)
    entropyWeight = parameters.number("entropy")
    epochs = parameters.integer("epochs")
    clip = parameters.number("clip")
    longest = parameters.number("gradient_clip")
  }

  package static let entry = StrategyEntry(
    id: "nasnet-ppo",
    summary: "A recurrent controller, trained by proximal policy optimisation.",
    paper: "Zoph et al. 2017, arXiv:1707.07012",
    parameters: ControllerParameters.of(
      learningRate: 0.005, batch: 8, entropy: 1e-4, baselineDecay: 0.95, rewardPower: 1)
      + [
        Parameter(
          "epochs", .integer(min: 1, max: 100), default: 4, "Steps made on each batch."),
        Parameter(
          "clip", .number(min: 0, max: 1), default: 0.2,
          "How far a decision's ratio of probabilities may leave 1 before its gradient is cut."),
        Parameter(
          "gradient_clip", .number(min: 0, max: 1000), default: 1,
          "Longest gradient; a longer one is shortened."),
      ],
    homeSpace: NASNetCellSpace.entry.id, make: { NASNetPPO($0) },
    restore: { try NASNetPPO.restored(from: $1) })

  package mutating func propose() throws -> Candidate? { search.propose() }

  package mutating func observe(_ trial: Trial) throws {
    guard let batch = search.take(trial) else { return }
    let mean = batch.reduce(0) { $0 + $1.reward } / Double(batch.count)
    let baseline = search.baseline.value ?? mean
    search.baseline.take(mean)
    let share = 1 / Double(batch.count)
    for _ in 0..<epochs {
      var gradient = PolicyGradient(controller)
      for sample in batch {
        let pass = controller.replay(sample.proposal.genotype)
        let weights = ProximalObjective(clip: clip).weights(
          pass.logProbabilities, old: sample.proposal.logProbabilities.values,
          advantage: sample.reward - baseline)
        gradient.add(
          pass, of: controller, weights: weights.map { share * $0 },
          entropyWeight: share * entropyWeight)
      }
      gradient.clip(to: longest)
      search.optimizer.step(&search.controller, down: gradient)
    }
  }
}
