internal import Architectures
internal import Domain
internal import Engine

/// How long a trained network takes for one sample.
enum Latency {
  private static let warmUps = 5
  private static let runs = 31

  /// Median milliseconds of a forward pass of one sample on one thread.
  ///
  /// - Throws: `ArenaError` when there is no memory for a plan of one sample.
  static func measure(_ order: WorkOrder, isa: InstructionSet, weights: Weights) throws -> Double {
    let architecture = try SpaceRegistry.decode(
      order.space, order.genotype, input: order.dataset.shape,
      classes: order.dataset.classes.count)
    let (graph, logits) = try architecture.graph(keepsDead: false)
    let plan = try Plan(
      graph, logits: logits, batch: 1, optimizer: OptimizerRule(order.schedule), gradientClip: nil,
      isa: isa)
    let execution = try Execution(plan)
    try execution.load(weights, partial: true)
    var generator = SeededGenerator(jobSeed: order.seed, trial: order.number, purpose: .sample)
    for index in execution.inputs.indices {
      execution.inputs[index] = Float(2 * generator.unit() - 1)
    }
    execution.labels[0] = 0
    let clock = ContinuousClock()
    var times: [Double] = []
    for run in 0..<warmUps + runs {
      let start = clock.now
      _ = execution.evaluate(rows: 1)
      if run >= warmUps { times.append((clock.now - start) / .milliseconds(1)) }
    }
    return times.sorted()[times.count / 2]
  }
}
