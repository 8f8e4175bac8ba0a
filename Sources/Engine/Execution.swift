internal import CKernels

/// One network in training: a plan with its arena and threads; one caller at a time.
package final class Execution {
  package let plan: Plan
  let arena: Arena
  let controls: UnsafeMutablePointer<ck_controls>
  let training: ThreadCalls
  private let inference: ThreadCalls
  /// The threads of the plan; nil when there is one.
  private let team: OpaquePointer?
  /// The forward pass of a training step; made when it is first asked for.
  private var scoring: ThreadCalls?
  let gates: GateBoard
  private let gradients: GradientBoard
  private var updated = Parameter.Groups.all
  private(set) var currentLogits: Int

  /// Maps the arena; parameters are zero until `initialise` or `load`.
  ///
  /// - Throws: `ArenaError` when there is no memory.
  package init(_ plan: Plan) throws(ArenaError) {
    self.plan = plan
    arena = try Arena(bytes: plan.arenaBytes)
    training = ThreadCalls(plan.training)
    inference = ThreadCalls(plan.inference)
    team = plan.threads > 1 ? ck_team_create(Int32(plan.threads)) : nil
    if plan.threads > 1, team == nil { throw ArenaError(threads: plan.threads) }
    gates = GateBoard(plan)
    gradients = GradientBoard(plan)
    currentLogits = plan.logits.inference
    let offset = plan.regions[.controls, default: 0] * plan.kernels.elementBytes
    controls = (arena.base + offset).bindMemory(to: ck_controls.self, capacity: 1)
  }

  deinit {
    if let team { ck_team_destroy(team) }
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
  /// `step` counts from 0; `seed` keys the dropout masks together with it. Of parameters outside
  /// `groups` the gradients alone are computed. `progress` is the share of the training that is
  /// done, 0…1, by which paths are dropped.
  package func train(
    learningRate: Float, step: Int, seed: UInt64, progress: Double = 0,
    updating groups: Parameter.Groups = .all
  ) -> StepResult {
    if groups != updated {
      updated = groups
      gates.set(groups)
      gates.settle()
    }
    gradients.note(gates.open)
    controls.pointee.learning_rate = Double(learningRate)
    controls.pointee.step = UInt64(step)
    controls.pointee.seed = seed
    controls.pointee.progress = min(max(progress, 0), 1)
    currentLogits = plan.logits.training
    return run(training, rows: plan.batch)
  }

  /// Loss and correct answers of the first `rows` rows; running statistics, nothing changes.
  package func evaluate(rows: Int) -> StepResult {
    currentLogits = plan.logits.inference
    return run(inference, rows: min(max(rows, 0), plan.batch))
  }

  /// Loss and correct answers of the first `rows` rows, normalised by the statistics of the batch as
  /// in training (all of its rows are in them), without dropout and drop path; nothing changes.
  ///
  /// It costs a forward pass, and at the first call the copy of its calls.
  package func score(rows: Int) -> StepResult {
    let calls = scoring ?? ThreadCalls(plan.training.map(\.scoring))
    scoring = calls
    currentLogits = plan.logits.training
    return run(calls, rows: min(max(rows, 0), plan.batch))
  }

  private func run(_ calls: ThreadCalls, rows: Int) -> StepResult {
    controls.pointee.rows = Int64(rows)
    controls.pointee.gradient_scale = 1
    if let team {
      ck_team_run(team, arena.base, calls.parts.baseAddress, gates.open.baseAddress)
    } else {
      ck_run(arena.base, calls.parts[0].calls, calls.parts[0].count, gates.open.baseAddress)
    }
    return StepResult(
      lossSum: controls.pointee.loss_sum, correct: Int(controls.pointee.correct), rows: rows)
  }

  /// Makes zero the gradients of parameters that took no part in the last training step.
  func settleGradients() {
    gradients.settle(
      address(plan.regions[.gradients, default: 0]), elementBytes: plan.kernels.elementBytes)
  }

  /// Notes a training step in which everything took part, whatever was chosen.
  func noteAllGradients() {
    gradients.note(nil)
  }

  /// The address of an element.
  func address(_ offset: Int) -> UnsafeMutableRawPointer {
    arena.base + offset * plan.kernels.elementBytes
  }

  func floats(at offset: Int, count: Int) -> UnsafeMutableBufferPointer<Float> {
    guard plan.kernels.elementBytes == 4 else { return .init(start: nil, count: 0) }
    return UnsafeMutableBufferPointer(
      start: address(offset).assumingMemoryBound(to: Float.self), count: count)
  }
}
