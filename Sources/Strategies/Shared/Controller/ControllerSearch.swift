internal import Domain

/// What strategies with a controller share: the policy, its proposals that are not yet told of, and the
/// batch in hand.
///
/// With trials in flight a batch is full when that many of the policy's own proposals have been
/// observed, in the order of their trials. Trials it did not propose change nothing.
struct ControllerSearch: Codable, Sendable {
  /// What was proposed, and how likely each decision was when it was drawn.
  struct Proposal: Codable, Sendable {
    let genotype: Genotype
    let logProbabilities: PackedNumbers
  }

  /// A proposal that became a trial.
  struct Sample: Codable, Sendable {
    let proposal: Proposal
    let reward: Double
  }

  var controller: Controller
  var optimizer: ControllerOptimizer
  var baseline: MovingBaseline
  private let reward: CurveReward
  private let batchSize: Int
  private let seed: UInt64
  private(set) var proposed = 0
  private var waiting: [Proposal] = []
  private var batch: [Sample] = []

  init(
    _ controller: Controller, rate: Double, baselineDecay: Double, reward: CurveReward,
    batchSize: Int, seed: UInt64
  ) {
    self.controller = controller
    optimizer = ControllerOptimizer(controller, rate: rate)
    baseline = MovingBaseline(decay: baselineDecay)
    self.reward = reward
    self.batchSize = batchSize
    self.seed = seed
  }

  /// A draw from the policy of now.
  ///
  /// - Parameter depth: value of points that say how many layers there are.
  mutating func propose(depth: Int = .max) -> Candidate {
    proposed += 1
    var generator = SeededGenerator(jobSeed: seed, trial: proposed, purpose: .proposal)
    let pass = controller.sample(using: &generator, depth: depth)
    waiting.append(
      Proposal(
        genotype: pass.genotype,
        logProbabilities: PackedNumbers(pass.logProbabilities, width: .eight)))
    return Candidate(pass.genotype)
  }

  /// Takes a trial in; returns a batch once it is full.
  mutating func take(_ trial: Trial) -> [Sample]? {
    guard !trial.candidate.isRandom,
      let place = waiting.firstIndex(where: { $0.genotype == trial.candidate.genotype })
    else { return nil }
    let proposal = waiting.remove(at: place)
    guard let reward = reward(trial) else { return nil }
    batch.append(Sample(proposal: proposal, reward: reward))
    guard batch.count >= batchSize else { return nil }
    defer { batch = [] }
    return batch
  }
}
