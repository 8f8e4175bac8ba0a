internal import Architectures
package import Domain
internal import Engine

/// Measures what training a network costs, on a few steps of made-up samples.
package enum CostProbe {
  private static let steps = 3
  /// Seconds of a first step after which no other is taken.
  private static let patience = 1.0

  /// The cost of a genotype under a schedule: the median of some training steps; the first alone, which
  /// also maps the memory, where it takes long.
  ///
  /// - Throws: `SpaceError` or `ShapeError` when it is no network on this input, `ArenaError` when there
  ///   is no memory for it.
  package static func measure(
    _ space: ComponentChoice, _ genotype: Genotype, input: TensorShape, classes: Int,
    schedule: TrainingSchedule
  ) throws -> TrialCost {
    let architecture = try SpaceRegistry.decode(space, genotype, input: input, classes: classes)
    let (graph, logits) = try architecture.graph(keepsDead: false)
    let plan = try Plan(
      graph, logits: logits, batch: schedule.batchSize, optimizer: OptimizerRule(schedule),
      gradientClip: schedule.gradientClip.map { Float($0) }, isa: .best)
    let execution = try Execution(plan)
    execution.initialise(seed: 1)
    var generator = SeededGenerator(seed: 1)
    for index in execution.inputs.indices {
      execution.inputs[index] = Float(2 * generator.unit() - 1)
    }
    for index in execution.labels.indices {
      execution.labels[index] = Int32(generator.below(classes))
    }
    let clock = ContinuousClock()
    var times: [Double] = []
    for step in 0...steps {
      let start = clock.now
      _ = execution.train(learningRate: 0.01, step: step, seed: 1)
      let seconds = (clock.now - start) / .seconds(1)
      if step > 0 || seconds > patience { times.append(seconds) }
      if step == 0, seconds > patience { break }
    }
    return TrialCost(
      secondsPerSample: times.sorted()[times.count / 2] / Double(schedule.batchSize),
      arenaBytes: plan.arenaBytes)
  }
}
