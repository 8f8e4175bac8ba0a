internal import Architectures
package import Domain

/// Neural architecture search with reinforcement learning: a recurrent controller is trained by
/// REINFORCE to propose what validates well.
///
/// Each batch of its own proposals, observed in order, makes one step of Adam along
/// (1/m) Σ_k (R_k − b) Σ_t ∇ log P(a_t), with a little entropy added. R is the cube of the best
/// validation accuracy of the last epochs, b the moving average of rewards. On a space whose depth is
/// searched, networks start shallow and gain layers as samples come in.
///
/// - Source: Zoph & Le 2016, arXiv:1611.01578, §3–4.
/// - Departs: one layer of 32 units, learning rate 0.015 and batches of 4, for a hundred trials instead
///   of twelve thousand; an entropy bonus; updates in order, not asynchronous.
package struct NASReinforce: SearchStrategy {
  package var controller: Controller { search.controller }
  private var search: ControllerSearch
  private let entropyWeight: Double
  private let depths: DepthSchedule

  package init(_ context: StrategyContext) {
    let parameters = context.parameters
    var shape = Controller.Shape()
    shape.hidden = parameters.integer("hidden")
    shape.layers = parameters.integer("controller_layers")
    search = ControllerSearch(
      Controller(context.points, shape, seed: context.seed),
      rate: parameters.number("learning_rate"),
      baselineDecay: parameters.number("baseline_decay"),
      reward: CurveReward(
        context.objectives, epochs: parameters.integer("reward_epochs"),
        power: parameters.integer("reward_power")),
      batchSize: parameters.integer("batch"), seed: context.seed)
    entropyWeight = parameters.number("entropy")
    depths = DepthSchedule(
      context.points, trials: context.trials, every: parameters.integer("depth_every"))
  }

  package static let entry = StrategyEntry(
    id: "nas-rl",
    summary: "A recurrent controller, trained by REINFORCE, decides point after point.",
    paper: "Zoph & Le 2016, arXiv:1611.01578",
    parameters: ControllerParameters.of(
      learningRate: 0.015, batch: 4, entropy: 0.01, baselineDecay: 0.9, rewardPower: 3)
      + [DepthSchedule.parameter],
    homeSpace: NASChainSpace.entry.id, make: { NASReinforce($0) },
    restore: { try NASReinforce.restored(from: $1) })

  package mutating func propose() throws -> Candidate? {
    search.propose(depth: depths.depth(after: search.proposed))
  }

  package mutating func observe(_ trial: Trial) throws {
    guard let batch = search.take(trial) else { return }
    for sample in batch { search.baseline.take(sample.reward) }
    let baseline = search.baseline.value ?? 0
    var gradient = PolicyGradient(controller)
    let share = 1 / Double(batch.count)
    for sample in batch {
      let pass = controller.replay(sample.proposal.genotype)
      let weight = share * (sample.reward - baseline)
      gradient.add(
        pass, of: controller,
        weights: Array(repeating: weight, count: pass.logProbabilities.count),
        entropyWeight: share * entropyWeight)
    }
    search.optimizer.step(&search.controller, down: gradient)
  }
}
