package import Domain

/// What a user may ask of a job that exists.
package enum JobCommand: Hashable, Sendable {
  case pause(now: Bool)
  case resume
  case cancel(now: Bool)

  /// True when a job in this state has to change; false when it is already what was asked for.
  ///
  /// - Throws: `ServiceError(.conflict)` naming the state when it cannot.
  package func changes(_ job: Job) throws -> Bool {
    switch (self, job.state) {
    case (.cancel, .cancelled), (.pause, .paused): return false
    case (.cancel, .queued), (.cancel, .running), (.cancel, .pausing), (.cancel, .paused),
      (.cancel, .cancelling):
      return true
    case (.pause, .queued), (.pause, .running), (.pause, .pausing): return true
    case (.resume, .queued), (.resume, .running): return false
    case (.resume, .paused), (.resume, .pausing): return true
    default:
      throw ServiceError(
        .conflict, "job \(job.id) is \(job.state.rawValue) and cannot be \(participle)")
    }
  }

  private var participle: String {
    switch self {
    case .pause: "paused"
    case .resume: "resumed"
    case .cancel: "cancelled"
    }
  }
}
