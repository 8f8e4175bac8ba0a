internal import Domain
internal import Synchronization

/// The JSON of jobs as they were last encoded, by id and version: a job that is asked for often is
/// encoded once per change.
final class JobBodies: Sendable {
  private static let limit = 512
  private let jobs: any JobStore
  private let bodies = Mutex<[String: (version: Int, bytes: [UInt8])]>([:])

  init(jobs: any JobStore) {
    self.jobs = jobs
  }

  /// The encoded wire form.
  func bytes(of job: Job) async throws -> [UInt8] {
    let known = bodies.withLock { bodies -> [UInt8]? in
      guard let entry = bodies[job.id], entry.version == job.version else { return nil }
      return entry.bytes
    }
    if let known { return known }
    var best: Trial?
    if let number = job.bestTrial { best = try await jobs.trial(number, of: job.id) }
    let trains = job.numerics?.supernetThreads != nil && job.phase == .searching
    let supernets = trains ? try await jobs.supernetRuns(of: job.id) : []
    let bytes = Array(try JobWire.json(job, best: best, supernets: supernets).canonical.utf8)
    bodies.withLock { bodies in
      if bodies.count >= JobBodies.limit, bodies[job.id] == nil { bodies.removeAll() }
      // A slower reader of an older row must not put it over a newer one.
      if bodies[job.id].map({ $0.version < job.version }) ?? true {
        bodies[job.id] = (job.version, bytes)
      }
    }
    return bytes
  }

  /// Forgets a job that was deleted.
  func drop(_ id: String) {
    bodies.withLock { $0[id] = nil }
  }

  /// The strong entity tag of a job's version.
  static func tag(_ job: Job) -> String { "\"1-\(job.version)\"" }
}
