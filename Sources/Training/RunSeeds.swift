package import Domain

/// The seeds of one order's streams: functions of job seed, role, number and repetition alone.
package struct RunSeeds: Hashable, Sendable {
  /// Key of data order and augmentation, together with the trial's number.
  package let run: UInt64
  package let initialisation: UInt64
  package let dropout: UInt64

  package init(_ order: WorkOrder) {
    if order.role == .trial, order.repetition == 0 {
      run = order.seed
    } else {
      // A supernet takes the place of a trial that would run apart from the search's.
      let roles: [WorkOrder.Role] = [.trial, .selection, .test]
      let role = roles.firstIndex(of: order.role) ?? 0
      var generator = SeededGenerator(
        jobSeed: order.seed, trial: order.number, purpose: .finalSeed,
        step: order.repetition * roles.count + role)
      run = generator.next()
    }
    var initialisation = SeededGenerator(
      jobSeed: run, trial: order.number, purpose: .initialisation)
    self.initialisation = initialisation.next()
    var dropout = SeededGenerator(jobSeed: run, trial: order.number, purpose: .dropout)
    self.dropout = dropout.next()
  }
}
