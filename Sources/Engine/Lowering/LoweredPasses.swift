/// A network's two passes as programs, fused and ready to be placed.
struct LoweredPasses: Sendable {
  let training: Program
  let inference: Program
  /// The logits after a training step and after an inference pass.
  let logits: (training: Value, inference: Value)
  /// The gradient of the inputs, where it was asked for.
  let inputGradient: Value?
  /// Which parameters take part together.
  let stretches: [ParameterStretch]

  init(
    _ graph: Graph, logits: Graph.Node, table: ParameterTable, batch: Int, threads: Int,
    rules: (weights: OptimizerRule, architecture: OptimizerRule), gradientClip: Float?,
    inputGradient: Bool, goal: Plan.Goal = .learning
  ) {
    let network = Network(graph, output: logits, table).simplified()
    let facts = NodeFacts(network, table)
    stretches = ParameterStretch.all(table, facts)
    var training = Lowering(
      network, table: table, facts: facts, batch: batch, threads: threads, pass: .training,
      inputNeedsGradient: inputGradient)
    training.lowerForward()
    let trainingLogits = training.lowerLoss(goal)
    if goal != .forward { training.lowerBackward() }
    self.inputGradient = inputGradient ? training.lowerInputGradient() : nil
    if goal == .learning { training.lowerUpdate(rules, gradientClip: gradientClip) }
    var inference = Lowering(
      network, table: table, facts: facts, batch: batch, threads: threads, pass: .inference)
    inference.lowerForward()
    self.logits = (trainingLogits, inference.lowerLoss())
    var programs = (
      training: RecomputeActivations.apply(training.finished().fused()),
      inference: inference.finished().fused()
    )
    programs.training.shareHalos()
    programs.inference.shareHalos()
    (self.training, self.inference) = programs
  }
}
