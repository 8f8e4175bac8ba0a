package import Domain
package import Foundation
internal import GRDB

/// Jobs, trials, events, replies and data sets in SQLite.
package final class SQLiteJobStore: Sendable {
  let database: Database
  let clock: @Sendable () -> Date
  let cache = JobCache()

  /// The store in an open database; drops replies that are too old, if the disk takes it.
  ///
  /// - Parameter clock: Tells the time of events, and how old replies are.
  package init(_ database: Database, clock: @escaping @Sendable () -> Date = { Date() }) {
    self.database = database
    self.clock = clock
    try? database.writeNow { try ReplyRow.dropOld($0, now: clock()) }
  }
}

extension SQLiteJobStore: JobStore {
  package func create(_ job: Job, reply: IdempotentReply?) async throws {
    let request = try encoded(job)
    let now = clock()
    try await database.write { db in
      guard try !SQLiteJobStore.exists(job.id, db) else { throw ServiceError.jobExists(job.id) }
      if let reply { try ReplyRow.insert(reply, db, now: now) }
      try db.cachedStatement(sql: JobRow.insert)
        .execute(arguments: StatementArguments(JobRow.arguments(job, request: request)))
      try SQLiteJobStore.insertLabels(of: job, db)
      _ = try SQLiteJobStore.append(
        [("job.state", ["state": .string(job.state.rawValue)])], to: job.id, at: job.created, db)
    }
  }

  @discardableResult
  package func save(_ change: JobChange) async throws -> [JobEvent] {
    let job = change.job
    let request = try encoded(job)
    let now = clock()
    return try await database.write { db in
      let statement = try db.cachedStatement(sql: "SELECT request FROM jobs WHERE id = ?")
      guard let stored = try String.fetchOne(statement, arguments: [job.id]) else {
        throw ServiceError.noJob(job.id)
      }
      try db.cachedStatement(sql: JobRow.update)
        .execute(arguments: StatementArguments(JobRow.arguments(job, request: request)))
      if stored != request {
        try db.execute(sql: "DELETE FROM job_labels WHERE job = ?", arguments: [job.id])
        try SQLiteJobStore.insertLabels(of: job, db)
      }
      for trial in change.trials { try SQLiteJobStore.save(trial, of: job.id, db) }
      for run in change.finalRuns {
        try db.cachedStatement(sql: FinalRunRow.upsert)
          .execute(arguments: StatementArguments(FinalRunRow.arguments(run, of: job.id)))
      }
      for run in change.supernetRuns {
        try db.cachedStatement(sql: SupernetRunRow.upsert)
          .execute(arguments: StatementArguments(SupernetRunRow.arguments(run, of: job.id)))
      }
      if let state = change.strategyState {
        try db.cachedStatement(
          sql: "INSERT OR REPLACE INTO strategy_states (job, state) VALUES (?, ?)"
        ).execute(arguments: [job.id, Data(state)])
      }
      return try SQLiteJobStore.append(change.events, to: job.id, at: now, db)
    }
  }

  package func delete(job id: String) async throws -> [String] {
    let orphans = try await database.write { db in
      guard try SQLiteJobStore.exists(id, db) else { throw ServiceError.noJob(id) }
      let digests = try String.fetchAll(
        db,
        sql: """
          SELECT weights FROM trials WHERE job = ?1 AND weights IS NOT NULL
          UNION SELECT weights FROM final_runs WHERE job = ?1 AND weights IS NOT NULL
          """, arguments: [id])
      try db.execute(sql: "DELETE FROM jobs WHERE id = ?", arguments: [id])
      return try digests.filter { digest in
        try Bool.fetchOne(
          db,
          sql: """
            SELECT NOT EXISTS (SELECT 1 FROM trials WHERE weights = ?1)
            AND NOT EXISTS (SELECT 1 FROM final_runs WHERE weights = ?1)
            """, arguments: [digest]) ?? false
      }
    }
    cache.drop(id)
    return orphans
  }

  package func job(_ id: String) async throws -> Job? {
    try database.readNow { db in
      let statement = try db.cachedStatement(sql: JobRow.select + " WHERE id = ?")
      let rows = try Row.fetchCursor(statement, arguments: [id])
      return try rows.next().map(read)
    }
  }

  package func jobs(_ query: JobQuery) async throws -> Page<Job> {
    let token = try query.pageToken.map { try PageToken($0, for: query.list) }
    let isDescending = query.order == .createdDescending
    var conditions: [String] = []
    var arguments: [(any DatabaseValueConvertible)?] = []
    if !query.states.isEmpty {
      conditions.append("state IN (\(query.states.map { _ in "?" }.joined(separator: ", ")))")
      arguments += query.states.map(\.rawValue)
    }
    if let strategy = query.strategy {
      conditions.append("strategy = ?")
      arguments.append(strategy)
    }
    if let dataset = query.dataset {
      conditions.append("dataset = ?")
      arguments.append(dataset)
    }
    if let label = query.label {
      conditions.append("id IN (SELECT job FROM job_labels WHERE label = ?)")
      arguments.append(label)
    }
    if let date = query.createdAfter {
      conditions.append("created > ?")
      arguments.append(date.timeIntervalSinceReferenceDate)
    }
    if let token {
      conditions.append("(created, id) \(isDescending ? "<" : ">") (?, ?)")
      arguments += [token.key, token.tie]
    }
    let filter = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
    let direction = isDescending ? "DESC" : "ASC"
    let size = max(1, query.pageSize)
    let sql = JobRow.select + filter + " ORDER BY created \(direction), id \(direction) LIMIT ?"
    let bound = StatementArguments(arguments + [size + 1])
    let jobs = try await database.read { [self] db in
      let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: bound)
      return try Array(rows.map(read))
    }
    return Page(jobs, size: size, list: query.list) { job in
      PageToken(key: job.created.timeIntervalSinceReferenceDate, tie: job.id)
    }
  }

  package func unfinishedJobs() async throws -> [Job] {
    let states = Job.State.allCases.filter { !$0.isFinal }.map { "'\($0.rawValue)'" }
    let sql =
      JobRow.select + " WHERE state IN (\(states.joined(separator: ", "))) ORDER BY created, id"
    return try await database.read { [self] db in
      try Array(Row.fetchCursor(db, sql: sql).map(read))
    }
  }

  package func reply(for key: String) async throws -> IdempotentReply? {
    try database.readNow { try ReplyRow.find(key, $0, now: clock()) }
  }

  /// Decodes a row of `JobRow.select`, or finds it decoded.
  private func read(_ row: Row) throws -> Job {
    let revision: Int = row[0]
    if let job = cache.job(row[1], revision: revision) { return job }
    let job = try JobRow.job(row)
    cache.keep(job, revision: revision)
    return job
  }

  private func encoded(_ job: Job) throws -> String {
    do {
      return try StoredJSON.encode(job.request)
    } catch {
      throw ServiceError(.storage, "the request of job '\(job.id)' cannot be stored: \(error)")
    }
  }
}

extension SQLiteJobStore {
  private static func exists(_ job: String, _ db: GRDB.Database) throws -> Bool {
    let statement = try db.cachedStatement(sql: "SELECT 1 FROM jobs WHERE id = ?")
    return try Int.fetchOne(statement, arguments: [job]) != nil
  }

  private static func insertLabels(of job: Job, _ db: GRDB.Database) throws {
    for label in job.request.labels {
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO job_labels (job, label) VALUES (?, ?)")
        .execute(arguments: [job.id, label])
    }
  }

  private static func save(_ trial: Trial, of job: String, _ db: GRDB.Database) throws {
    let row = try TrialRow(trial, of: job)
    try db.cachedStatement(sql: TrialRow.upsert).execute(arguments: StatementArguments(row.values))
    guard db.changesCount == 0 else { return }
    let statement = try db.cachedStatement(sql: TrialRow.select + " WHERE job = ? AND number = ?")
    guard let stored = try Row.fetchOne(statement, arguments: [job, trial.number]) else {
      throw ServiceError(.storage, "trial \(trial.number) of job '\(job)' was not stored")
    }
    let old = try TrialRow.trial(stored)
    guard try FinishedTrial.allows(old, trial, of: job) else {
      throw ServiceError.finished(trial.number, of: job, old.state)
    }
    try db.cachedStatement(sql: TrialRow.overwrite)
      .execute(arguments: StatementArguments(row.values))
  }

  private static func append(
    _ events: [(kind: String, payload: JSONValue)], to job: String, at date: Date,
    _ db: GRDB.Database
  ) throws -> [JobEvent] {
    guard !events.isEmpty else { return [] }
    let last = try db.cachedStatement(
      sql: "SELECT ifnull(max(sequence), 0) FROM events WHERE job = ?")
    var sequence = try Int.fetchOne(last, arguments: [job]) ?? 0
    let insert = try db.cachedStatement(
      sql: "INSERT INTO events (job, sequence, kind, at, payload) VALUES (?, ?, ?, ?, ?)")
    return try events.map { event in
      sequence += 1
      try insert.execute(arguments: [
        job, sequence, event.kind, date.timeIntervalSinceReferenceDate, event.payload.canonical,
      ])
      return JobEvent(
        job: job, sequence: sequence, kind: event.kind, at: date, payload: event.payload.storable)
    }
  }
}
