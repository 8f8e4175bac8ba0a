package import Architectures
package import Domain
package import Engine

/// A supernet in training: one set of weights for all networks of a space, and the batches it sees.
///
/// Every step and every score is over the paths that were chosen last. Networks normalise by the
/// statistics of the batch, in training and when they are scored: running ones would mix those of all
/// paths.
package final class SharedWeights {
  /// What shared weights are planned with.
  package struct Settings: Codable, Hashable, Sendable {
    /// Whether batch norms inside choices have a scale and a shift.
    package var isAffine = true
    /// One in so many channels goes through the choices on edges, the others pass by; 1: all do.
    package var partialChannels = 1
    /// Of the weights' SGD.
    package var momentum = 0.9
    package var nesterov = true
    package var weightDecay = 3e-4
    package var gradientClip = 5.0
    /// Rows of a batch, of training and of validation.
    package var batchSize = 64
    package var epochs = 20
    /// Uniform draws to score in the end.
    package var draws = 100
    package var statistics = Statistics.batch
    /// Networks to answer with, at most.
    package var answers = 3

    package init() {}
  }

  /// How a path is normalised when it is scored.
  package enum Statistics: String, Codable, Hashable, Sendable, CaseIterable {
    /// By those of the batch.
    case batch
    /// By running ones, which all paths share: what the repairs are measured against.
    case running
    /// By running ones, measured anew for each path on training batches.
    case recalibrated
  }

  /// The order was cancelled.
  package struct Interrupted: Error {}

  package let space: any SearchSpace
  package let supernet: Supernet
  package let execution: Execution
  package let samples: SharedSamples
  package let settings: Settings
  /// Key of everything random in this training.
  package let seed: UInt64
  /// Steps the weights have taken.
  package private(set) var steps = 0
  /// Validation batches drawn for learning.
  package private(set) var draws = 0
  private let isOver: () -> Bool
  /// Whether the seconds for scoring are used up: what is scored by then must do.
  package let isLate: () -> Bool

  /// Makes a fresh supernet ready.
  ///
  /// - Parameter plan: made from `supernet` for the samples' batch size.
  /// - Throws: `ArenaError` when there is no memory.
  package init(
    _ space: any SearchSpace, _ supernet: Supernet, plan: Plan, samples: SharedSamples,
    settings: Settings, seed: UInt64, isOver: @escaping () -> Bool = { false },
    isLate: @escaping () -> Bool = { false }
  ) throws {
    self.space = space
    self.supernet = supernet
    self.samples = samples
    self.settings = settings
    self.seed = seed
    (self.isOver, self.isLate) = (isOver, isLate)
    execution = try Execution(plan)
    var generator = SeededGenerator(jobSeed: seed, purpose: .initialisation)
    execution.initialise(seed: generator.next())
  }

  /// The supernet of a space, as the settings have it.
  ///
  /// - Throws: `SpaceError` when the space has none on this input.
  package static func supernet(
    of space: any SearchSpace, _ settings: Settings, input: TensorShape, classes: Int
  ) throws -> Supernet {
    try Supernet(
      of: space, input: input, classes: classes, affine: settings.isAffine,
      partial: settings.partialChannels > 1
        ? PartialChannels(divisor: settings.partialChannels) : nil)
  }

  /// Plans a supernet.
  ///
  /// - Throws: `SpaceError` or `ShapeError` when the space has none on this input.
  package static func plan(
    _ supernet: Supernet, _ settings: Settings, batch: Int, isa: InstructionSet, threads: Int = 1
  ) throws -> Plan {
    let (graph, logits) = try supernet.graph()
    return try Plan(
      graph, logits: logits, batch: batch,
      optimizer: .sgd(
        momentum: Float(settings.momentum), nesterov: settings.nesterov,
        weightDecay: Float(settings.weightDecay)),
      gradientClip: Float(settings.gradientClip), isa: isa, threads: threads)
  }

  /// How many classes the networks tell apart.
  package var classes: Int { execution.plan.classes }

  // MARK: Paths

  /// Makes a genotype's network the one that runs.
  package func choose(_ genotype: Genotype) throws {
    try execution.choose(supernet.branches(of: genotype).mapValues { .branch($0) })
  }

  /// Mixes branches by weights; nothing runs of those whose weight is 0.
  package func mix(_ weights: [String: [Double]]) throws {
    try execution.choose(weights.mapValues { .weights($0.map { Float($0) }) })
  }

  // MARK: Learning

  /// One step of the weights on the next training batch.
  ///
  /// - Throws: `Interrupted`.
  package func learn(rate: Double) throws -> StepResult {
    try fillTraining()
    let result = execution.train(
      learningRate: Float(rate), step: steps, seed: seed, updating: .weights)
    steps += 1
    return result
  }

  /// The gradients on the training batch that the next `learn` takes; nothing changes.
  package func trainingGradients() throws -> StepResult {
    try fillTraining()
    return execution.train(learningRate: 0, step: steps, seed: seed, updating: [])
  }

  /// The gradients on the next validation batch; nothing but the batch changes.
  ///
  /// - Parameter again: takes the batch drawn last once more.
  package func validationGradients(again: Bool = false) throws -> StepResult {
    try fillDraw(again: again)
    return execution.train(learningRate: 0, step: steps, seed: seed, updating: [])
  }

  /// The gradients on one validation batch of the fixed order.
  package func scoringGradients(batch: Int) throws -> StepResult {
    if isOver() { throw Interrupted() }
    _ = samples.fillScoring(batch, execution.inputs, execution.labels)
    return execution.train(learningRate: 0, step: steps, seed: seed, updating: [])
  }

  /// The gradients by the mixing weights of choices that the last gradients left.
  package func mixingGradients(_ keys: [String]) -> [[Double]] {
    keys.map { execution.read(.mixingGradient($0)) }
  }

  /// All learned weights in a fixed order.
  package var flatWeights: [Float] {
    get { execution.withWeights { values, _, _ in Array(values) } }
    set {
      execution.withWeights { values, _, _ in
        for place in values.indices { values[place] = newValue[place] }
      }
    }
  }

  /// The gradients that were computed last, in the order of `flatWeights`.
  package var flatGradients: [Float] {
    execution.withWeights { _, gradients, _ in Array(gradients) }
  }

  /// The optimizer's momentum, in the order of `flatWeights`.
  package var flatMomentum: [Float] { execution.withWeights { _, _, momentum in Array(momentum) } }

  private func fillTraining() throws {
    if isOver() { throw Interrupted() }
    samples.fillTraining(steps, execution.inputs, execution.labels)
  }

  private func fillDraw(again: Bool) throws {
    if isOver() { throw Interrupted() }
    if !again { draws += 1 }
    samples.fillDraw(max(0, draws - 1), execution.inputs, execution.labels)
  }

  // MARK: Scoring

  /// What the chosen path makes of the next validation batches.
  package func drawnScore(batches: Int) throws -> Score {
    var score = Score()
    for _ in 0..<max(1, batches) {
      try fillDraw(again: false)
      score.add(execution.score(rows: samples.batchSize))
    }
    return score
  }

  /// What the chosen path makes of the first validation batches; nil: of all.
  package func score(batches: Int? = nil) throws -> Score {
    try measure(batches) { execution.score(rows: $0) }
  }

  /// What a genotype's path makes of validation rows.
  package func score(
    _ genotype: Genotype, batches: Int? = nil, by statistics: Statistics = .batch
  ) throws -> Score {
    try choose(genotype)
    switch statistics {
    case .batch: return try score(batches: batches)
    case .running: return try measure(batches) { execution.evaluate(rows: $0) }
    case .recalibrated:
      try recalibrate()
      return try measure(batches) { execution.evaluate(rows: $0) }
    }
  }

  private func measure(_ batches: Int?, _ pass: (Int) -> StepResult) throws -> Score {
    var score = Score()
    let all = samples.scoringBatches
    for batch in 0..<min(batches ?? all, all) {
      if isOver() { throw Interrupted() }
      let rows = samples.fillScoring(batch, execution.inputs, execution.labels)
      score.add(pass(rows))
    }
    return score
  }

  /// Measures the running statistics of the chosen path anew on training batches.
  ///
  /// A momentum of 0.1 leaves 4 % of what was there before after 30 batches.
  private func recalibrate() throws {
    for step in 0..<30 {
      if isOver() { throw Interrupted() }
      samples.fillTraining(step % samples.stepsPerEpoch, execution.inputs, execution.labels)
      _ = execution.train(learningRate: 0, step: step, seed: seed, updating: [])
    }
  }

  // MARK: Saving

  /// All that training changes.
  package struct State: Sendable {
    package let steps: Int
    package let draws: Int
    package let bytes: [UInt8]

    package init(steps: Int, draws: Int, bytes: [UInt8]) {
      self.steps = steps
      self.draws = draws
      self.bytes = bytes
    }
  }

  /// The state to go on from.
  package var state: State { State(steps: steps, draws: draws, bytes: execution.snapshot()) }

  /// Goes on from a state.
  ///
  /// - Throws: `WeightsError` when it is one of another supernet.
  package func restore(_ state: State) throws {
    try execution.restore(state.bytes)
    steps = state.steps
    draws = state.draws
  }
}
