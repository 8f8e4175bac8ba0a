internal import Datasets
package import Engine

/// Mean loss and share of correct answers over some rows.
package struct Score: Hashable, Sendable {
  package private(set) var lossSum = 0.0
  package private(set) var correct = 0
  package private(set) var rows = 0

  package init() {}

  package var loss: Double { lossSum / Double(max(1, rows)) }
  package var accuracy: Double { Double(correct) / Double(max(1, rows)) }

  /// Takes a batch in.
  package mutating func add(_ result: StepResult) {
    lossSum += result.lossSum
    correct += result.correct
    rows += result.rows
  }

  /// Evaluates a network on all rows; nil when `isOver` says so before a batch.
  static func evaluate(
    _ execution: Execution, on batches: EvaluationBatches, isOver: () -> Bool
  ) -> Score? {
    var score = Score()
    for batch in 0..<batches.count {
      if isOver() { return nil }
      let rows = batches.fill(batch, inputs: execution.inputs, labels: execution.labels)
      score.add(execution.evaluate(rows: rows))
    }
    return score
  }
}
