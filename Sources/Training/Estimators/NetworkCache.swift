internal import Architectures
internal import Domain
internal import Engine

/// An order's network, planned.
struct Network: Sendable {
  let plan: Plan
  /// What is known of it before it is trained.
  let evaluation: Evaluation
}

/// The last planned network, kept for orders that train the same one again.
struct NetworkCache: Sendable {
  private struct Key: Hashable {
    let space: ComponentChoice
    let genotype: Genotype
    let input: TensorShape
    let classes: Int
    let batch: Int
    let optimizer: OptimizerRule
    let gradientClip: Double?
    /// Whether paths are dropped: in the final phase, never in a trial.
    let dropsPaths: Bool
    let isa: InstructionSet
  }

  /// Whether nodes on no path to the output are trained along, as the published networks are.
  private let keepsDead: Bool
  private var last: (key: Key, network: Network)?

  init(keepsDead: Bool) {
    self.keepsDead = keepsDead
  }

  /// Decodes and plans an order's network.
  ///
  /// - Throws: `SpaceError` or `ShapeError` when there is no such network on this input.
  mutating func network(
    for order: WorkOrder, batch: Int, isa: InstructionSet
  ) throws -> Network {
    let key = Key(
      space: order.space, genotype: order.genotype, input: order.dataset.shape,
      classes: order.dataset.classes.count, batch: batch,
      optimizer: OptimizerRule(order.schedule), gradientClip: order.schedule.gradientClip,
      dropsPaths: order.role != .trial, isa: isa)
    if let last, last.key == key { return last.network }
    // The old plan goes before the new one comes.
    last = nil
    let architecture = try SpaceRegistry.decode(
      key.space, key.genotype, input: key.input, classes: key.classes)
    let (graph, logits) = try architecture.graph(
      keepsDead: keepsDead, dropsPaths: key.dropsPaths)
    let plan = try Plan(
      graph, logits: logits, batch: batch, optimizer: key.optimizer,
      gradientClip: key.gradientClip.map { Float($0) }, isa: isa)
    var metrics = [
      MetricName.parameters: Double(architecture.parameters),
      MetricName.macs: Double(architecture.macs),
    ]
    metrics[MetricName.density] = architecture.density
    let evaluation = Evaluation(
      fingerprint: architecture.fingerprint, metrics: metrics,
      measured: ["arena_bytes": Double(plan.arenaBytes)], curve: [], weights: nil)
    let network = Network(plan: plan, evaluation: evaluation)
    last = (key, network)
    return network
  }
}

extension OptimizerRule {
  /// The engine's rule of a schedule.
  init(_ schedule: TrainingSchedule) {
    switch schedule.optimizer {
    case .sgd:
      self = .sgd(
        momentum: Float(schedule.momentum), nesterov: schedule.nesterov,
        weightDecay: Float(schedule.weightDecay))
    case .adam:
      self = .adam(
        beta1: Float(schedule.momentum), beta2: 0.999, epsilon: 1e-8,
        weightDecay: Float(schedule.weightDecay))
    }
  }
}
