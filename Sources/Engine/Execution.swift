internal import CKernels

/// One network in training: a plan with its arena, for one thread.
package final class Execution {
  package let plan: Plan
  private let arena: Arena
  private let controls: UnsafeMutablePointer<ck_controls>
  private let training: UnsafeMutableBufferPointer<ck_call>
  private let inference: UnsafeMutableBufferPointer<ck_call>
  private(set) var currentLogits: Int

  /// Maps the arena; parameters are zero until `initialise` or `load`.
  ///
  /// - Throws: `ArenaError` when there is no memory.
  package init(_ plan: Plan) throws(ArenaError) {
    self.plan = plan
    arena = try Arena(bytes: plan.arenaBytes)
    training = .allocate(capacity: plan.training.calls.count)
    _ = training.initialize(from: plan.training.calls)
    inference = .allocate(capacity: plan.inference.calls.count)
    _ = inference.initialize(from: plan.inference.calls)
    currentLogits = plan.logits.inference
    let offset = plan.regions[.controls, default: 0] * plan.kernels.elementBytes
    controls = (arena.base + offset).bindMemory(to: ck_controls.self, capacity: 1)
  }

  deinit {
    training.deallocate()
    inference.deallocate()
  }

  /// [batch, h, w, c] that the caller fills; empty on kernels of double precision.
  package var inputs: UnsafeMutableBufferPointer<Float> {
    floats(at: plan.regions[.inputs, default: 0], count: plan.batch * plan.inputShape.count)
  }

  /// [batch] that the caller fills, each in 0..<classes.
  package var labels: UnsafeMutableBufferPointer<Int32> {
    let start = address(plan.regions[.labels, default: 0])
    return UnsafeMutableBufferPointer(
      start: start.assumingMemoryBound(to: Int32.self), count: plan.batch)
  }

  /// [batch, classes] of the last pass; empty on kernels of double precision.
  package var logits: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(floats(at: currentLogits, count: plan.batch * plan.classes))
  }

  /// One step on the batch in `inputs` and `labels`: forward, backward, update.
  ///
  /// `step` counts from 0; `seed` keys the dropout masks together with it.
  package func train(learningRate: Float, step: Int, seed: UInt64) -> StepResult {
    controls.pointee.learning_rate = Double(learningRate)
    controls.pointee.step = UInt64(step)
    controls.pointee.seed = seed
    currentLogits = plan.logits.training
    return run(training, rows: plan.batch)
  }

  /// Loss and correct answers of the first `rows` rows; running statistics, nothing changes.
  package func evaluate(rows: Int) -> StepResult {
    currentLogits = plan.logits.inference
    return run(inference, rows: min(max(rows, 0), plan.batch))
  }

  private func run(_ calls: UnsafeMutableBufferPointer<ck_call>, rows: Int) -> StepResult {
    controls.pointee.rows = Int64(rows)
    controls.pointee.gradient_scale = 1
    ck_run(arena.base, calls.baseAddress, Int64(calls.count), nil)
    return StepResult(
      lossSum: controls.pointee.loss_sum, correct: Int(controls.pointee.correct), rows: rows)
  }

  /// The address of an element.
  func address(_ offset: Int) -> UnsafeMutableRawPointer {
    arena.base + offset * plan.kernels.elementBytes
  }

  private func floats(at offset: Int, count: Int) -> UnsafeMutableBufferPointer<Float> {
    guard plan.kernels.elementBytes == 4 else { return .init(start: nil, count: 0) }
    return UnsafeMutableBufferPointer(
      start: address(offset).assumingMemoryBound(to: Float.self), count: count)
  }
}
