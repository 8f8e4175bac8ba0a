internal import Architectures
package import Domain
package import Engine

/// An order's network, planned.
package struct Network: Sendable {
  package let plan: Plan
  /// What is known of it before it is trained.
  package let evaluation: Evaluation
}

/// The networks that were planned last, kept for orders that train them again.
///
/// A plan is kept by what it follows from: architecture, input, batch, optimizer and instruction set.
/// What was used the longest ago goes first; the arenas of plans are not kept.
package struct NetworkCache: Sendable {
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
  private let mostNetworks: Int
  private let mostBytes: Int
  /// The latest used last.
  private var kept: [(key: Key, network: Network)] = []
  /// How many networks were planned because none was kept.
  package private(set) var planned = 0

  /// An empty cache.
  ///
  /// - Parameter mostNetworks: kept at most.
  /// - Parameter mostBytes: that kept plans take at most; the latest stays even if it is larger.
  package init(keepsDead: Bool, mostNetworks: Int = 16, mostBytes: Int = 32 << 20) {
    self.keepsDead = keepsDead
    self.mostNetworks = max(mostNetworks, 1)
    self.mostBytes = mostBytes
  }

  /// How many networks are kept.
  package var count: Int { kept.count }

  /// Decodes and plans an order's network.
  ///
  /// - Throws: `SpaceError` or `ShapeError` when there is no such network on this input.
  package mutating func network(
    for order: WorkOrder, batch: Int, isa: InstructionSet
  ) throws -> Network {
    let key = Key(
      space: order.space, genotype: order.genotype, input: order.dataset.shape,
      classes: order.dataset.classes.count, batch: batch,
      optimizer: OptimizerRule(order.schedule), gradientClip: order.schedule.gradientClip,
      dropsPaths: order.role != .trial, isa: isa)
    if let place = kept.firstIndex(where: { $0.key == key }) {
      kept.append(kept.remove(at: place))
      return kept[kept.count - 1].network
    }
    planned += 1
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
    kept.append((key, network))
    forget()
    return network
  }

  /// Lets go of what was used the longest ago until the bounds hold.
  private mutating func forget() {
    var bytes = kept.reduce(0) { $0 + $1.network.plan.planBytes }
    while kept.count > mostNetworks || (bytes > mostBytes && kept.count > 1) {
      bytes -= kept.removeFirst().network.plan.planBytes
    }
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
