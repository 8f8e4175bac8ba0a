internal import Architectures
internal import Datasets
package import Domain
package import Engine

/// Trains networks of the built-in truth, each a function of its genotype and a seed alone.
package struct TruthTraining: Sendable {
  /// What one training gave: shares of right answers.
  package struct Accuracies: Hashable, Sendable {
    package let validation: Double
    package let test: Double
  }

  package let task: TruthTask
  private let isa: InstructionSet
  private let train: TruthTask.Part
  private let validation: TruthTask.Part
  private let test: TruthTask.Part

  /// Makes the images ready.
  ///
  /// - Throws: `ServiceError(.dataset)` never in practice: the digits are part of the program.
  package init(_ task: TruthTask, isa: InstructionSet = .best) throws {
    self.task = task
    self.isa = isa
    (train, validation, test) = task.parts(of: try BuiltinDigits())
  }

  /// Trains a cell's network and measures it at the end.
  ///
  /// - Parameter seed: of the first weights and of the order of the images.
  /// - Throws: `SpaceError`, `ShapeError` or `ArenaError` when there is no such network.
  package func run(_ genotype: Genotype, seed: UInt64) throws -> Accuracies {
    let architecture = try SpaceRegistry.decode(
      task.space, genotype, input: TruthTask.input, classes: TruthTask.classes)
    let (graph, logits) = try architecture.graph()
    let schedule = task.schedule
    let plan = try Plan(
      graph, logits: logits, batch: schedule.batchSize, optimizer: OptimizerRule(schedule),
      gradientClip: schedule.gradientClip.map { Float($0) }, isa: isa)
    let execution = try Execution(plan)
    var initialisation = SeededGenerator(jobSeed: seed, purpose: .initialisation)
    execution.initialise(seed: initialisation.next())
    let length = TrainingLength(schedule, rows: train.labels.count, batch: schedule.batchSize)
    let rate = Schedule(
      schedule.decay == .cosine ? .cosine : .constant, base: Float(schedule.learningRate))
    var order = Array(train.labels.indices)
    for step in 0..<length.steps {
      let place = step % length.stepsPerEpoch
      if place == 0 {
        var generator = SeededGenerator(
          jobSeed: seed, purpose: .dataOrder, step: step / length.stepsPerEpoch)
        order = generator.shuffled(train.labels.indices)
      }
      let batch = order[place * schedule.batchSize..<(place + 1) * schedule.batchSize]
      fill(execution, train, batch)
      _ = execution.train(
        learningRate: rate.learningRate(step: step, of: length.steps), step: step, seed: 0)
    }
    return Accuracies(
      validation: accuracy(execution, on: validation), test: accuracy(execution, on: test))
  }

  private func accuracy(_ execution: Execution, on part: TruthTask.Part) -> Double {
    var score = Score()
    let batch = task.schedule.batchSize
    for start in stride(from: 0, to: part.labels.count, by: batch) {
      let rows = start..<min(start + batch, part.labels.count)
      fill(execution, part, rows)
      score.add(execution.evaluate(rows: rows.count))
    }
    return score.accuracy
  }

  private func fill(
    _ execution: Execution, _ part: TruthTask.Part, _ rows: some Sequence<Int>
  ) {
    let size = BuiltinDigits.size
    for (place, row) in rows.enumerated() {
      execution.labels[place] = part.labels[row]
      for pixel in 0..<size {
        execution.inputs[place * size + pixel] = part.values[row * size + pixel]
      }
    }
  }
}
