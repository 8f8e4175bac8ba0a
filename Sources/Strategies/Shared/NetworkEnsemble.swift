package import Domain
internal import Engine

/// Small networks that predict ranks, trained by the engine from different starts.
///
/// The engine's loss is cross-entropy, so a network of two classes is trained on labels that are "high" as
/// often as a genotype's rank share says; the predicted probability is then the expected rank share. All
/// members share one plan. The kernels are the generic ones, whose bits no processor changes.
package struct NetworkEnsemble: Sendable {
  private static let members = 5
  private static let hidden = 24
  private static let epochs = 60
  private static let batch = 32

  private let encoder: OneHot
  private let plan: Plan

  /// Plans the network of a space, once for all trainings.
  ///
  /// - Throws: `ShapeError` where the engine cannot plan it.
  package init(_ points: [DecisionPoint]) throws {
    encoder = OneHot(points)
    var graph = Graph()
    var node = graph.input(Shape(channels: max(1, encoder.count)))
    for layer in 0..<2 {
      node = try graph.apply(
        Linear(units: NetworkEnsemble.hidden, key: "\(layer)"), [node])
      node = try graph.apply(ReLU(), [node])
    }
    node = try graph.apply(Linear(units: 2, key: "head"), [node])
    plan = try Plan(
      graph, logits: node, batch: NetworkEnsemble.batch,
      optimizer: .adam(beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 1e-4), isa: .generic)
  }

  /// One row of predictions per member, one prediction per candidate; a larger one is better.
  ///
  /// - Throws: `ArenaError` where there is no memory.
  package func predict(
    _ candidates: [Genotype], from genotypes: [Genotype], scores: [Double], seed: UInt64
  ) throws -> [[Double]] {
    let execution = try Execution(plan)
    let shares = scores.indices.map { index in
      let below = scores.count { $0 < scores[index] }
      let equal = scores.count { $0 == scores[index] }
      return (Double(below) + Double(equal) / 2) / Double(scores.count)
    }
    let inputs = genotypes.map(encoder.encode)
    let others = candidates.map(encoder.encode)
    return (0..<NetworkEnsemble.members).map { member in
      let key = seed &+ UInt64(member)
      execution.initialise(seed: key)
      NetworkEnsemble.train(execution, inputs, shares, seed: key)
      return NetworkEnsemble.predict(execution, others)
    }
  }

  private static func train(
    _ execution: Execution, _ inputs: [[Float]], _ shares: [Double], seed: UInt64
  ) {
    var generator = SeededGenerator(jobSeed: seed, purpose: .dataOrder)
    let steps = max(1, epochs * inputs.count / batch)
    let rate = Schedule.cosine(0.01)
    let width = execution.plan.inputShape.count
    var order: [Int] = []
    for step in 0..<steps {
      for row in 0..<batch {
        if order.isEmpty { order = generator.shuffled(inputs.indices) }
        let index = order.removeLast()
        for (place, value) in inputs[index].enumerated() {
          execution.inputs[row * width + place] = value
        }
        execution.labels[row] = generator.unit() < shares[index] ? 1 : 0
      }
      _ = execution.train(
        learningRate: rate.learningRate(step: step, of: steps), step: step, seed: seed)
    }
  }

  private static func predict(_ execution: Execution, _ inputs: [[Float]]) -> [Double] {
    let width = execution.plan.inputShape.count
    var predictions: [Double] = []
    for start in stride(from: 0, to: inputs.count, by: batch) {
      let rows = min(batch, inputs.count - start)
      for row in 0..<rows {
        for (place, value) in inputs[start + row].enumerated() {
          execution.inputs[row * width + place] = value
        }
        execution.labels[row] = 0
      }
      _ = execution.evaluate(rows: rows)
      for row in 0..<rows {
        predictions.append(Double(execution.logits[2 * row + 1] - execution.logits[2 * row]))
      }
    }
    return predictions
  }
}

/// Decisions as numbers: one place per value, 1 where it is taken.
struct OneHot: Sendable {
  private let starts: [Int]
  let count: Int

  init(_ points: [DecisionPoint]) {
    var starts: [Int] = []
    var count = 0
    for point in points {
      starts.append(count)
      count += point.values.count
    }
    self.starts = starts
    self.count = count
  }

  func encode(_ genotype: Genotype) -> [Float] {
    var row = [Float](repeating: 0, count: max(1, count))
    for (start, value) in zip(starts, genotype.decisions) {
      if let value { row[start + value] = 1 }
    }
    return row
  }
}
