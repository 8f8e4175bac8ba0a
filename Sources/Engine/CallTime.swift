internal import CKernels

/// How long one kernel call of a step took, by the clock of who asked.
package struct CallTime: Sendable {
  /// The kernel, such as `conv2d_grad_input`.
  package let kernel: String
  /// Seconds of wall time and of processor time.
  package let wall: Double
  package let processor: Double
}

extension Execution {
  /// One training step whose calls are timed one by one; empty for a plan of several threads.
  ///
  /// A call that is repeated adds its results as often where it accumulates: repeat only for times.
  ///
  /// - Parameters:
  ///   - repeats: how often a call is run in a row; its time is divided by it.
  ///   - clock: seconds that only go forward.
  package func timedStep(
    learningRate: Float, repeats: Int = 1, clock: () -> Double
  ) -> [CallTime] {
    guard plan.threads == 1 else { return [] }
    controls.pointee.learning_rate = Double(learningRate)
    controls.pointee.rows = Int64(plan.batch)
    controls.pointee.gradient_scale = 1
    noteAllGradients()
    let part = training.parts[0]
    var times: [CallTime] = []
    times.reserveCapacity(Int(part.count))
    var next = part.calls
    for _ in 0..<Int(part.count) {
      guard let call = next else { break }
      next = ck_next(call)
      let (processor, start) = (ProcessorLimits.processorSeconds(), clock())
      for _ in 0..<repeats { ck_run(arena.base, call, 1, nil) }
      let wall = clock() - start
      let spent = ProcessorLimits.processorSeconds() - processor
      let operation = ck_operation(plan.kernels.isa, call.pointee.run)
      times.append(
        CallTime(
          kernel: String(cString: ck_operation_name(operation)), wall: wall / Double(repeats),
          processor: spent / Double(repeats)))
    }
    return times
  }
}
