internal import Architectures
package import Domain
internal import Foundation

/// Efficient architecture search: networks grow out of a small trained one and inherit its weights; a
/// reinforcement-learned controller chooses how.
///
/// The search goes in stages. All children of a stage grow out of one trained network and train
/// equally long, so that they are compared at equal cumulative epochs: with each other, for the next
/// start and for the controller's advantage, and never with networks that trained for longer or from
/// scratch. When nothing is left to grow, or no child of a stage completed, it begins again at the
/// first start.
///
/// - Source: Cai et al. 2017, arXiv:1707.04873, §3–4 and released code.
/// - Departs: the baseline is the mean reward of the stage (the released moving average, 95 % of the
///   newest episode, is nearly that); the controller learns from every few children as they are
///   observed, not from whole episodes, so that proposals need not wait.
package struct EAS: SearchStrategy {
  /// A trained network that others grow out of.
  private struct Start: Codable, Hashable, Sendable {
    let trial: Int
    let genotype: Genotype
  }

  /// A proposed child.
  private struct Child: Codable, Hashable, Sendable {
    let candidate: Candidate
    let stage: Int
    /// Empty for a start network, which has no parent.
    let steps: [GrowthStep]
    let origin: Genotype
  }

  /// A child that was observed and not learned from yet.
  private struct Earned: Codable, Hashable, Sendable {
    let child: Child
    let reward: Double
  }

  /// Rewards of a stage, whose children trained equally long.
  private struct Stage: Codable, Hashable, Sendable {
    var observed = 0
    var rewards = 0
    var sum = 0.0
    var best: Start?
    var bestReward = -1.0
  }

  private let points: [DecisionPoint]
  private let limits: Reward
  private let seed: UInt64
  private let rung: Int
  private let widerSteps: Int
  private let deeperSteps: Int
  private let batch: Int
  private let stageSize: Int
  private var controller: GrowthController
  private var proposed = 0
  /// The first trained network.
  private var root: Start?
  /// What children grow out of now.
  private var start: Start?
  private var stages = [Stage()]
  /// Proposed and not observed, in order.
  private var pending: [Child] = []
  private var earned: [Earned] = []

  package static let entry = StrategyEntry(
    id: "eas",
    summary: "Grows trained networks wider and deeper without changing what they compute.",
    paper: "Cai et al. 2017, arXiv:1707.04873",
    parameters: [
      Parameter(
        "start_rung", .integer(min: 1, max: 20), default: 2,
        "Rung of the ladders that the start network's layers stand on, from 1."),
      Parameter(
        "wider_steps", .integer(min: 0, max: 10), default: 2,
        "How often a child's layers may become wider (published: 4)."),
      Parameter(
        "deeper_steps", .integer(min: 0, max: 10), default: 2,
        "Layers inserted in a child where there is room (published: 5)."),
      Parameter(
        "batch", .integer(min: 1, max: 100), default: 4,
        "Children observed before the controller learns (published: 10)."),
      Parameter(
        "stage", .integer(min: 1, max: 10000), default: 8,
        "Children of a start network before the best of them becomes the next."),
      Parameter(
        "learning_rate", .number(min: 0, max: 1), default: 0.01,
        "Adam's rate for the controller (published: 0.002)."),
      Parameter(
        "entropy", .number(min: 0, max: 10), default: 0.0001,
        "Weight of the policy's entropy (published: 0.00001)."),
      Parameter(
        "hidden", .integer(min: 1, max: 256), default: 16,
        "Units of the encoder in each direction (published: 50)."),
    ],
    homeSpace: EASChainSpace.entry.id, spaces: [EASChainSpace.entry.id],
    make: { try EAS($0) },
    restore: { try EAS.restored(from: $1) })

  /// - Throws: `ServiceError(.validation)` when the points are not those of its space, or nothing may
  ///   grow.
  package init(_ context: StrategyContext) throws {
    let parameters = context.parameters
    points = context.points
    guard let space = EASChainSpace(points: points) else {
      throw ServiceError(.validation, "eas grows networks of \(EASChainSpace.entry.id) alone")
    }
    widerSteps = parameters.integer("wider_steps")
    deeperSteps = parameters.integer("deeper_steps")
    guard widerSteps + deeperSteps > 0 else {
      throw ServiceError(.validation, "wider_steps and deeper_steps are both 0: nothing grows")
    }
    limits = Reward(context.objectives)
    seed = context.seed
    rung = parameters.integer("start_rung")
    batch = parameters.integer("batch")
    stageSize = parameters.integer("stage")
    controller = GrowthController(
      space, hidden: parameters.integer("hidden"),
      learningRate: parameters.number("learning_rate"), entropy: parameters.number("entropy"),
      seed: seed)
  }

  private var space: EASChainSpace { controller.policy.space }

  /// One layer of each kind, on the rung the parameters name.
  private var smallest: EASChainPlan {
    func step(_ ladder: [Int]) -> Int { ladder[min(rung, ladder.count) - 1] }
    let kernel = space.kernels.contains(3) ? 3 : space.kernels[0]
    return EASChainPlan(
      stages: Array(
        repeating: [.init(width: step(space.widths), kernel: kernel)], count: space.stages),
      dense: [step(space.units)])
  }

  package var possibleParents: Set<Int> {
    Set([root, start, stages.last?.best].compactMap { $0?.trial })
  }

  package mutating func propose() throws -> Candidate? {
    var generator = SeededGenerator(jobSeed: seed, trial: proposed + 1, purpose: .proposal)
    guard let start else {
      // Nothing can grow before a start network is trained.
      guard pending.isEmpty else { return nil }
      proposed += 1
      let genotype =
        proposed % 2 == 1
        ? try space.genotype(of: smallest) : .random(in: points, using: &generator)
      let candidate = Candidate(
        genotype, isRandom: proposed % 2 == 0, isReevaluation: proposed > 1)
      pending.append(Child(candidate: candidate, stage: 0, steps: [], origin: genotype))
      return candidate
    }
    proposed += 1
    let plan = try space.plan(of: start.genotype)
    var steps: [GrowthStep] = []
    var grown = plan
    // A child like its start would only train on; it stands where all draws came to nothing.
    for _ in 0..<16 where grown == plan {
      steps = controller.policy.sample(
        from: plan, wider: widerSteps, deeper: deeperSteps, using: &generator)
      grown = steps.reduce(plan) { space.applying($1, to: $0) }
    }
    let candidate = Candidate(try space.genotype(of: grown), parent: start.trial)
    pending.append(
      Child(
        candidate: candidate, stage: stages.count - 1, steps: steps, origin: start.genotype))
    return candidate
  }

  package mutating func observe(_ trial: Trial) throws {
    // Trials that others proposed trained from scratch; they are compared with nothing here.
    guard let place = pending.firstIndex(where: { $0.candidate == trial.candidate }) else { return }
    let child = pending.remove(at: place)
    let accuracy =
      limits(trial) == nil ? nil : trial.searchAccuracy.flatMap { $0.isFinite ? $0 : nil }
    guard child.candidate.parent != nil else {
      if start == nil, accuracy != nil {
        root = Start(trial: trial.number, genotype: trial.candidate.genotype)
        start = root
      }
      return
    }
    let reward = accuracy.map(EAS.reward)
    let isCut = [.cancelled, .stoppedEarly].contains(trial.state)
    stages[child.stage].observed += 1
    if !isCut {
      stages[child.stage].rewards += 1
      stages[child.stage].sum += reward ?? 0
      earned.append(Earned(child: child, reward: reward ?? 0))
    }
    if child.stage == stages.count - 1 {
      if let reward, reward > stages[child.stage].bestReward {
        stages[child.stage].bestReward = reward
        stages[child.stage].best = Start(trial: trial.number, genotype: trial.candidate.genotype)
      }
      if stages[child.stage].observed >= stageSize { try beginStage() }
    }
    if earned.count >= batch { try learn() }
  }

  /// tan(accuracy · π / 2), which stretches differences near 1; accuracies count up to 0.99.
  package static func reward(_ accuracy: Double) -> Double {
    PackedNumbers.rounded(tan(min(0.99, max(0, accuracy)) * Double.pi / 2))
  }

  private func canGrow(_ plan: EASChainPlan) -> Bool {
    widerSteps > 0 && space.canWiden(plan).contains(true)
      || deeperSteps > 0 && space.canDeepen(plan).contains(true)
  }

  private mutating func beginStage() throws {
    var next = stages[stages.count - 1].best ?? root
    if let best = next, !canGrow(try space.plan(of: best.genotype)) { next = root }
    start = next
    stages.append(Stage())
  }

  private mutating func learn() throws {
    let lessons = try earned.map { earned in
      let stage = stages[earned.child.stage]
      return GrowthController.Lesson(
        start: try space.plan(of: earned.child.origin), steps: earned.child.steps,
        advantage: earned.reward - stage.sum / Double(max(1, stage.rewards)))
    }
    controller.learn(lessons)
    earned = []
  }
}
