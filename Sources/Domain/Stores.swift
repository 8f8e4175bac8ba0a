package import Foundation

/// One transaction on a job: everything in it is saved, or nothing.
package struct JobChange: Sendable {
  package var job: Job
  package var trials: [Trial]
  package var finalRuns: [FinalRun]
  package var supernetRuns: [SupernetRun]
  /// The strategy's encoded state after the trials above were observed; nil: unchanged.
  package var strategyState: [UInt8]?
  /// Events to append: kind and payload.
  package var events: [(kind: String, payload: JSONValue)]

  package init(
    job: Job, trials: [Trial] = [], finalRuns: [FinalRun] = [],
    supernetRuns: [SupernetRun] = [], strategyState: [UInt8]? = nil,
    events: [(kind: String, payload: JSONValue)] = []
  ) {
    self.job = job
    self.trials = trials
    self.finalRuns = finalRuns
    self.supernetRuns = supernetRuns
    self.strategyState = strategyState
    self.events = events
  }
}

/// One page of a list; the token continues after its last row, stable under inserts.
package struct Page<Element: Sendable>: Sendable {
  package let rows: [Element]
  package let nextToken: String?

  package init(rows: [Element], nextToken: String?) {
    self.rows = rows
    self.nextToken = nextToken
  }
}

/// Which jobs to list.
package struct JobQuery: Sendable {
  package enum Order: String, Sendable, CaseIterable {
    case createdDescending = "-created"
    case created
  }

  package var states: [Job.State] = []
  package var strategy: String?
  package var dataset: String?
  package var label: String?
  package var createdAfter: Date?
  package var order: Order = .createdDescending
  package var pageSize = 50
  package var pageToken: String?

  package init() {}
}

/// Which trials of a job to list.
package struct TrialQuery: Sendable {
  package enum Order: String, Sendable, CaseIterable {
    case number
    case numberDescending = "-number"
    case accuracyDescending = "-search_accuracy"
    case parameters
    case macs
  }

  package var states: [Trial.State] = []
  package var order: Order = .number
  package var pageSize = 50
  package var pageToken: String?

  package init() {}
}

/// A reply kept for 24 hours under an Idempotency-Key, written with the row that it created.
package struct IdempotentReply: Codable, Hashable, Sendable {
  package let key: String
  /// SHA-256 of method, path and body.
  package let requestDigest: String
  package let status: Int
  package let location: String?
  package let body: String
  package let created: Date

  package init(
    key: String, requestDigest: String, status: Int, location: String?, body: String, created: Date
  ) {
    self.key = key
    self.requestDigest = requestDigest
    self.status = status
    self.location = location
    self.body = body
    self.created = created
  }
}

/// Where an architecture id leads: (job, fingerprint) and the trials that used it.
package struct ArchitectureRecord: Codable, Hashable, Sendable {
  package let id: String
  package let job: String
  package let fingerprint: String
  package let genotype: Genotype
  /// Numbers of the job's trials with this fingerprint, ascending.
  package let trials: [Int]

  package init(id: String, job: String, fingerprint: String, genotype: Genotype, trials: [Int]) {
    self.id = id
    self.job = job
    self.fingerprint = fingerprint
    self.genotype = genotype
    self.trials = trials
  }
}

/// Jobs, trials, events and replies.
///
/// One writer, many readers; every failure is a `ServiceError(.storage)`.
package protocol JobStore: Sendable {
  /// Inserts a queued job with its first event and, in the same transaction, the reply to replay.
  func create(_ job: Job, reply: IdempotentReply?) async throws
  /// Saves a change in one transaction; returns the appended events with their sequences.
  @discardableResult
  func save(_ change: JobChange) async throws -> [JobEvent]
  /// Removes a job with all its rows; returns weight digests that no other row names.
  func delete(job id: String) async throws -> [String]

  func job(_ id: String) async throws -> Job?
  /// - Throws: `ServiceError(.invalidRequest)` for a page token that is not one of ours.
  func jobs(_ query: JobQuery) async throws -> Page<Job>
  /// Jobs not in a final state, oldest first: what a start has to take up again.
  func unfinishedJobs() async throws -> [Job]

  func trial(_ number: Int, of job: String) async throws -> Trial?
  func trials(of job: String, _ query: TrialQuery) async throws -> Page<Trial>
  /// All trials in order of number.
  func allTrials(of job: String) async throws -> [Trial]
  func finalRuns(of job: String) async throws -> [FinalRun]
  /// All supernets in order of round.
  func supernetRuns(of job: String) async throws -> [SupernetRun]
  func strategyState(of job: String) async throws -> [UInt8]?
  /// Events with a sequence above `after`, ascending, at most `limit`.
  func events(of job: String, after: Int, limit: Int) async throws -> [JobEvent]
  func architecture(_ id: String) async throws -> ArchitectureRecord?
  /// Weight digests that any row names.
  func weightsInUse() async throws -> Set<String>

  func reply(for key: String) async throws -> IdempotentReply?
}

/// Rows of data sets.
package protocol DatasetStore: Sendable {
  /// - Throws: `ServiceError(.conflict)` when the name is taken.
  func create(_ dataset: Dataset, reply: IdempotentReply?) async throws
  func update(_ dataset: Dataset) async throws
  /// Finds by id or by name.
  func dataset(_ idOrName: String) async throws -> Dataset?
  func datasets(pageSize: Int, pageToken: String?) async throws -> Page<Dataset>
  /// - Throws: `ServiceError(.conflict)` when a job uses it; names the job.
  func delete(dataset id: String) async throws
}

/// Weight files by digest, and checkpoints of supernets by job and round.
package protocol WeightStore: Sendable {
  /// Absolute folder the workers write `<sha256>.safetensors` to.
  var folder: String { get }
  func path(_ digest: String) -> String
  func read(_ digest: String) throws -> [UInt8]?
  func remove(_ digests: [String]) throws
  /// Removes files that are not in use and half-written ones.
  func sweep(keeping inUse: Set<String>) throws
  /// Absolute path of the file that a supernet's training is saved to.
  func checkpoint(job: String, round: Int) -> String
  /// Removes all checkpoints of a job; one that is gone already is no fault.
  func removeCheckpoints(job: String) throws
  /// Removes the checkpoints of all jobs but these.
  func sweepCheckpoints(keeping jobs: Set<String>) throws
}
