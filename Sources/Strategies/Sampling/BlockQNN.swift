internal import Architectures
package import Domain

/// Q-learning over the decisions of a space: ε-greedy proposals, a replay memory, and a reward that
/// corrects early-stopped accuracies by MACs and density.
///
/// The state is the point to decide with the last decision made, on any space; on `block-qnn` that is
/// the published state, for there a decision is a whole layer. Q-learning is off-policy, so proposals
/// never wait for trials in flight.
///
/// - Source: Zhong et al. 2017, arXiv:1708.05552, §3.2–3.4 and §4.3.
/// - Departs: see `ActionValues` and `CorrectedReward`; ε follows the job's trials one by one; replay
///   follows every observation; repeats of a genotype are averaged; α is 0.3 with 32 replays, measured best
///   on a synthetic table at 100 trials (published: 0.01 over 11,392 blocks).
package struct BlockQNN: SearchStrategy {
  /// A genotype and the mean reward of its trials.
  private struct Memory: Codable, Hashable, Sendable {
    let genotype: Genotype
    var reward: Double
    var count: Int
  }

  private let points: [DecisionPoint]
  private let limits: Reward
  private let reward: CorrectedReward
  private let schedule: ExplorationSchedule
  private let replays: Int
  private let seed: UInt64
  private var table: ActionValues
  private var memory: [Memory] = []
  /// MACs of the first completed trial.
  private var reference: Double?
  private var proposed = 0
  private var observed = 0

  /// Trials whose schedule is used where the job bounds none: 60 iterations of 4 blocks.
  private static let standardTrials = 240

  package static let entry = StrategyEntry(
    id: "block-qnn",
    summary: "Q-learning over layers, with replay and a reward corrected for stopping early.",
    paper: "Zhong et al. 2017, arXiv:1708.05552",
    parameters: [
      Parameter(
        "learning_rate", .number(min: 0.001, max: 1), default: 0.3,
        "Step of an update, α (published: 0.01)."),
      Parameter(
        "replays", .integer(min: 1, max: 1024), default: 32,
        "Episodes replayed after every observation."),
      Parameter(
        "macs_weight", .number(min: 0, max: 1), default: 0.01,
        "μ: accuracy credited per factor e of MACs saved."),
      Parameter(
        "density_weight", .number(min: 0, max: 1), default: 0.08,
        "ρ: the same for edges per layer of the block."),
    ],
    homeSpace: BlockQNNSpace.entry.id, make: { BlockQNN($0) },
    restore: { try BlockQNN.restored(from: $1) })

  package init(_ context: StrategyContext) {
    points = context.points
    limits = Reward(context.objectives)
    reward = CorrectedReward(
      macsWeight: context.parameters.number("macs_weight"),
      densityWeight: context.parameters.number("density_weight"))
    schedule = ExplorationSchedule(iterations: context.trials ?? BlockQNN.standardTrials)
    replays = context.parameters.integer("replays")
    table = ActionValues(rate: context.parameters.number("learning_rate"))
    seed = context.seed
  }

  package mutating func propose() throws -> Candidate? {
    let epsilon = schedule.epsilon(proposed)
    proposed += 1
    var generator = SeededGenerator(jobSeed: seed, trial: proposed, purpose: .proposal)
    return Candidate(
      draw(epsilon: epsilon, using: &generator), isRandom: epsilon == 1)
  }

  /// Decides point by point, each at random with probability `epsilon`, else by the table.
  package func draw(epsilon: Double, using generator: inout SeededGenerator) -> Genotype {
    var genotype = Genotype(Array(repeating: nil, count: points.count))
    var last = 0
    var offset = 1
    for (index, point) in points.enumerated() {
      defer { offset += point.values.count }
      guard genotype.isActive(index, in: points) else { continue }
      let actions = point.values.count
      let isRandom = epsilon >= 1 || (epsilon > 0 && generator.unit() < epsilon)
      let value =
        isRandom
        ? generator.below(actions)
        : table.greedy(last * points.count + index, actions: actions, using: &generator)
      genotype.decisions[index] = value
      last = offset + value
    }
    return genotype
  }

  package mutating func observe(_ trial: Trial) throws {
    observed += 1
    guard let value = value(of: trial) else { return }
    let genotype = trial.candidate.genotype
    if let place = memory.firstIndex(where: { $0.genotype == genotype }) {
      memory[place].count += 1
      memory[place].reward += (value - memory[place].reward) / Double(memory[place].count)
    } else {
      memory.append(Memory(genotype: genotype, reward: value, count: 1))
    }
    var generator = SeededGenerator(jobSeed: seed, trial: observed, purpose: .sample)
    for _ in 0..<replays {
      let past = memory[generator.below(memory.count)]
      table.update(
        past.genotype.episode(in: points), reward: past.reward, longest: points.count)
    }
  }

  /// What a trial teaches: 0 where it broke or breaks a limit, nothing where it was cut short.
  private mutating func value(of trial: Trial) -> Double? {
    switch trial.state {
    case .completed: break
    case .infeasible, .diverged, .failed: return 0
    case .stoppedEarly, .cancelled, .pending, .running: return nil
    }
    guard limits(trial) != nil, let accuracy = trial.searchAccuracy, accuracy.isFinite else {
      return 0
    }
    let macs = trial.metrics[MetricName.macs]
    if reference == nil, let macs, macs > 0 { reference = macs }
    return reward(
      accuracy: accuracy, macs: macs, reference: reference,
      density: trial.metrics[MetricName.density])
  }
}
