package import Domain

/// Names one piece of a job's work over all its attempts.
package struct OrderKey: Hashable, Sendable, CustomStringConvertible {
  package let role: WorkOrder.Role
  /// Trial number; a supernet's round.
  package let number: Int
  package let repetition: Int

  package init(_ role: WorkOrder.Role, _ number: Int, _ repetition: Int = 0) {
    self.role = role
    self.number = number
    self.repetition = repetition
  }

  package var description: String { "\(role.rawValue) \(number)/\(repetition)" }
}

/// What the machine wants run: all of a work order that depends on the job's course.
package struct Assignment: Hashable, Sendable {
  package let key: OrderKey
  package let attempt: Int
  package let genotype: Genotype
  package let schedule: TrainingSchedule
  package let hurdles: [Hurdle]
  /// Whether the request's filter may keep the network from being trained.
  package let isFiltered: Bool
  /// SHA-256 of the weights to inherit; nil: fresh ones.
  package let parentWeights: String?
  /// The genotype those weights belong to.
  package let parentGenotype: Genotype?
  package let secondsLeft: Double?
  /// Whether the trained weights are stored: what is only measured leaves none.
  package let keepsWeights: Bool
}
