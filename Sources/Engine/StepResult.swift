/// What one pass over one batch gave.
package struct StepResult: Hashable, Sendable {
  /// Cross-entropy summed over the rows.
  package let lossSum: Double
  /// Rows whose largest logit is the label's.
  package let correct: Int
  package let rows: Int

  package init(lossSum: Double, correct: Int, rows: Int) {
    self.lossSum = lossSum
    self.correct = correct
    self.rows = rows
  }

  /// Cross-entropy as the mean over the rows.
  package var loss: Double { rows == 0 ? 0 : lossSum / Double(rows) }
}
