/// One network in training: a plan with its arena, for one thread.
package final class Execution {
  package let plan: Plan

  /// Maps the arena; parameters are zero until `initialise` or `load`.
  ///
  /// - Throws: `ArenaError` when there is no memory.
  package init(_ plan: Plan) throws(ArenaError) {
    throw ArenaError(bytes: plan.arenaBytes)
  }

  /// [batch, h, w, c] that the caller fills.
  package var inputs: UnsafeMutableBufferPointer<Float> { .init(start: nil, count: 0) }

  /// [batch] that the caller fills, each in 0..<classes.
  package var labels: UnsafeMutableBufferPointer<Int32> { .init(start: nil, count: 0) }

  /// [batch, classes] of the last pass.
  package var logits: UnsafeBufferPointer<Float> { .init(start: nil, count: 0) }

  /// Draws all parameters anew, keyed by their names, and clears the optimizer's state.
  package func initialise(seed: UInt64) {}

  /// Takes over tensors by name and clears the optimizer's state.
  ///
  /// - Throws: `WeightsError` when a tensor has another shape or, unless `partial`, is missing.
  package func load(_ weights: Weights, partial: Bool = false) throws(WeightsError) {}

  /// All parameters and running statistics, in PyTorch's names and order of axes.
  package func weights() -> Weights { Weights() }

  /// One step on the batch in `inputs` and `labels`: forward, backward, update.
  ///
  /// `step` counts from 0; `seed` keys the dropout masks together with it.
  package func train(learningRate: Float, step: Int, seed: UInt64) -> StepResult {
    StepResult(lossSum: 0, correct: 0, rows: plan.batch)
  }

  /// Loss and correct answers of the first `rows` rows; running statistics, nothing changes.
  package func evaluate(rows: Int) -> StepResult {
    StepResult(lossSum: 0, correct: 0, rows: rows)
  }
}
