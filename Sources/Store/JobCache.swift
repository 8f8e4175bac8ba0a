internal import Domain
internal import Synchronization

/// Jobs as they were last decoded, each with the revision of its row: a read that finds the row
/// unchanged need not decode it again.
///
/// The revision is read from the database every time, so a change by any other process is seen.
final class JobCache: Sendable {
  private static let limit = 256
  private let jobs = Mutex<[String: (revision: Int, job: Job)]>([:])

  /// The job of a row with that revision, if it was decoded before.
  func job(_ id: String, revision: Int) -> Job? {
    jobs.withLock { jobs in
      guard let entry = jobs[id], entry.revision == revision else { return nil }
      return entry.job
    }
  }

  /// Remembers a decoded row.
  func keep(_ job: Job, revision: Int) {
    jobs.withLock { jobs in
      if jobs.count >= JobCache.limit, jobs[job.id] == nil { jobs.removeAll() }
      jobs[job.id] = (revision, job)
    }
  }

  /// Forgets a job.
  func drop(_ id: String) {
    jobs.withLock { _ = $0.removeValue(forKey: id) }
  }
}
