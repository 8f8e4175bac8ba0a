internal import Architectures
package import Domain
package import Engine

/// What a proxy looks at: an untrained network, a minibatch and a seed.
///
/// Every proxy plans and runs an execution of its own, so nothing has to be put back afterwards.
package struct ProxyProbe: Sendable {
  /// Rows of a minibatch, or all there are.
  package static let batchSize = 64

  package let architecture: Architecture
  /// Samples one after the other, normalised.
  ///
  /// - Shapes: [batch, height, width, channels].
  package let inputs: [Float]
  package let labels: [Int32]
  /// Of the first weights, and of what a proxy draws besides.
  package let seed: UInt64
  package let isa: InstructionSet
  /// First weights by name; those that are missing, or all where it is nil, are drawn by the seed.
  package var weights: Weights?
  /// What a plan may take.
  package var memoryLimitBytes = Int.max

  package init(
    _ architecture: Architecture, inputs: [Float], labels: [Int32], seed: UInt64,
    isa: InstructionSet = .best
  ) {
    precondition(inputs.count == labels.count * architecture.input.count)
    self.architecture = architecture
    self.inputs = inputs
    self.labels = labels
    self.seed = seed
    self.isa = isa
  }

  /// Rows of the minibatch.
  var batch: Int { labels.count }

  /// The network's graph and its class scores.
  ///
  /// - Throws: `SpaceError` or `ShapeError` when it is no network.
  func network(normalises: Bool = true) throws -> (graph: Graph, logits: Graph.Node) {
    let (graph, places) = try architecture.places(normalises: normalises)
    guard let logits = places[architecture.output] else {
      throw SpaceError("output \(architecture.output) is not among the nodes")
    }
    return (graph, logits)
  }

  /// An execution with the first weights and, where it takes as many rows, the minibatch.
  ///
  /// - Parameters:
  ///   - logits: what is read, or differentiated.
  ///   - kernels: nil: the fast ones. The minibatch is not filled in on those of double precision.
  /// - Throws: `ShapeError`, `ArenaError` or `ProxyMemoryError`.
  func execution(
    _ graph: Graph, _ logits: Graph.Node, goal: Plan.Goal, batch: Int? = nil,
    kernels: KernelSet? = nil, inputGradient: Bool = false
  ) throws -> Execution {
    let plan = try Plan(
      graph, logits: logits, batch: batch ?? self.batch,
      optimizer: .sgd(momentum: 0, nesterov: false, weightDecay: 0),
      kernels: kernels ?? .fast(isa), inputGradient: inputGradient, goal: goal)
    guard plan.arenaBytes <= memoryLimitBytes else {
      throw ProxyMemoryError(bytes: plan.arenaBytes, limit: memoryLimitBytes)
    }
    let execution = try Execution(plan)
    execution.initialise(seed: seed)
    if let weights { try execution.load(weights, partial: true) }
    if plan.batch == self.batch, !execution.inputs.isEmpty {
      _ = execution.inputs.update(fromContentsOf: inputs)
    }
    if plan.batch == self.batch, plan.classes == architecture.classes {
      _ = execution.labels.update(fromContentsOf: labels)
    }
    return execution
  }
}

extension Execution {
  /// Runs the pass that its plan's goal is about and changes no weight.
  func pass() -> StepResult {
    train(learningRate: 0, step: 0, seed: 0)
  }
}
