internal import Domain
internal import Foundation
internal import GRDB

/// A job as a row of the table `jobs`.
enum JobRow {
  /// The columns in the order in which `job(_:)` reads and `arguments(_:)` gives them.
  static let columns = [
    "id", "state", "strategy", "dataset", "priority", "created", "dataset_digest", "phase",
    "stop_reason", "started", "finished", "spent_seconds", "best_trial", "best_search_accuracy",
    "digest", "version", "trial_counts", "numerics", "final_plan", "failure", "request",
    "repeated_trials",
  ]

  /// `SELECT revision, …` of the columns above.
  static let select = "SELECT revision, \(columns.joined(separator: ", ")) FROM jobs"

  static let insert = """
    INSERT INTO jobs (revision, \(columns.joined(separator: ", ")))
    VALUES (1\(String(repeating: ", ?", count: columns.count)))
    """

  /// Sets all columns but the id, which is the first argument: naming it would look for children.
  static let update = """
    UPDATE jobs SET revision = revision + 1,
    \(columns.enumerated().dropFirst().map { "\($1) = ?\($0 + 1)" }.joined(separator: ", "))
    WHERE id = ?1
    """

  /// The values of the columns.
  static func arguments(_ job: Job, request: String) throws -> [(any DatabaseValueConvertible)?] {
    [
      job.id, job.state.rawValue, job.request.strategy.name, job.request.dataset,
      job.request.priority, job.created.timeIntervalSinceReferenceDate, job.datasetDigest,
      job.phase?.rawValue, job.stopReason?.rawValue, job.started?.timeIntervalSinceReferenceDate,
      job.finished?.timeIntervalSinceReferenceDate, job.spentSeconds, job.bestTrial,
      job.bestSearchAccuracy, job.digest, job.version, try counts(job),
      try job.numerics.map(StoredJSON.encode), try job.finalPlan.map(StoredJSON.encode),
      job.failure, request, job.repeatedTrials,
    ]
  }

  private static func counts(_ job: Job) throws -> String {
    let pairs = job.trialCounts.map { ($0.key.rawValue, $0.value) }
    return try StoredJSON.encode(Dictionary(uniqueKeysWithValues: pairs))
  }

  /// Reads a row of `select`.
  static func job(_ row: Row) throws -> Job {
    var job = Job(
      id: row[1], request: try StoredJSON.decode(JobRequest.self, from: row[21]),
      datasetDigest: row[7], state: try Row.word(row[2], "jobs.state"),
      created: Date(timeIntervalSinceReferenceDate: row[6]))
    job.phase = try row.text(8).map { try Row.word($0, "jobs.phase") }
    job.stopReason = try row.text(9).map { try Row.word($0, "jobs.stop_reason") }
    job.started = row.date(10)
    job.finished = row.date(11)
    job.spentSeconds = row[12]
    job.bestTrial = row[13]
    job.bestSearchAccuracy = row[14]
    job.digest = row[15]
    job.version = row[16]
    for (state, count) in try StoredJSON.counts(row[17]) {
      job.trialCounts[try Row.word(state, "jobs.trial_counts")] = count
    }
    job.numerics = try row.text(18).map { try StoredJSON.decode(Numerics.self, from: $0) }
    job.finalPlan = try row.text(19).map { try StoredJSON.decode(FinalPlan.self, from: $0) }
    job.failure = row[20]
    job.repeatedTrials = row[22]
    return job
  }
}
