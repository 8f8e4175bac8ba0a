package import Foundation

/// One row of a job's append-only log, in the order things happened.
package struct JobEvent: Codable, Hashable, Sendable {
  package let job: String
  /// From 1, without gaps, per job.
  package let sequence: Int
  /// `job.state`, `job.phase`, `trial.started`, `trial.epoch`, `trial.finished`, `supernet.started`,
  /// `supernet.epoch`, `supernet.warning`, `supernet.finished`, `fidelity.finished`, `final.started`,
  /// `final.finished`, `log`.
  package let kind: String
  package let at: Date
  package let payload: JSONValue

  package init(job: String, sequence: Int, kind: String, at: Date, payload: JSONValue) {
    self.job = job
    self.sequence = sequence
    self.kind = kind
    self.at = at
    self.payload = payload
  }

  /// True for the event after which a job has no other.
  package var isLast: Bool {
    kind == "job.state" && payload["state"]?.stringValue.flatMap(Job.State.init)?.isFinal == true
  }
}
