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
  /// By the number of a gate: whether it is open.
  private let open: UnsafeMutableBufferPointer<UInt8>
  private var choices: [Choice]
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
    open = .allocate(capacity: plan.gates.count)
    open.initialize(repeating: 1)
    choices = Array(repeating: .mixture, count: plan.table.choices.count)
    currentLogits = plan.logits.inference
    let offset = plan.regions[.controls, default: 0] * plan.kernels.elementBytes
    controls = (arena.base + offset).bindMemory(to: ck_controls.self, capacity: 1)
  }

  deinit {
    if let team { ck_team_destroy(team) }
    open.deallocate()
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
      setGates()
    }
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

  private func run(_ calls: ThreadCalls, rows: Int) -> StepResult {
    controls.pointee.rows = Int64(rows)
    controls.pointee.gradient_scale = 1
    if let team {
      ck_team_run(team, arena.base, calls.parts.baseAddress, open.baseAddress)
    } else {
      ck_run(arena.base, calls.parts[0].calls, calls.parts[0].count, open.baseAddress)
    }
    return StepResult(
      lossSum: controls.pointee.loss_sum, correct: Int(controls.pointee.correct), rows: rows)
  }

  /// What becomes of a choice from the next pass on; a plan starts with mixtures.
  ///
  /// Costs no more than to open and shut gates: the plan and its memory stay as they are.
  ///
  /// - Throws: `ShapeError` when the plan has no such choice, or the choice no such branch.
  package func choose(_ choice: Choice, for key: String) throws(ShapeError) {
    guard let place = plan.table.choices.firstIndex(of: key), let range = range(.mixing(key)) else {
      throw ShapeError(
        operation: "choice",
        message: "key is '\(key)'; it must be one of \(plan.table.choices.joined(separator: ", "))")
    }
    if let weights = try choice.weights(branches: range.count) {
      write(weights.map(Double.init), to: .mixing(key))
    }
    choices[place] = choice
    setGates()
  }

  private func setGates() {
    for (number, gate) in plan.gates.enumerated() {
      open[number] = gate.conditions.allSatisfy(holds) ? 1 : 0
    }
  }

  private func holds(_ condition: Gate.Condition) -> Bool {
    switch condition {
    case .takes(let choice, let branch): choices[choice].takes(branch)
    case .mixes(let choice): choices[choice] == .mixture
    case .updates(let group): updated.contains(group)
    }
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
