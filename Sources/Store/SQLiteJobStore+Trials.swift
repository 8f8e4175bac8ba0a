package import Domain
internal import Foundation
internal import GRDB

extension SQLiteJobStore {
  package func trial(_ number: Int, of job: String) async throws -> Trial? {
    try database.readNow { db in
      let statement = try db.cachedStatement(
        sql: TrialRow.select + " WHERE job = ? AND number = ?")
      return try Row.fetchOne(statement, arguments: [job, number]).map(TrialRow.trial)
    }
  }

  package func trials(of job: String, _ query: TrialQuery) async throws -> Page<Trial> {
    let list = query.list(of: job)
    let start = try query.pageToken.map { text in
      let token = try PageToken(text, for: list)
      guard let number = Int(token.tie) else { throw PageToken.foreign(text) }
      return (key: token.key, number: number)
    }
    let key =
      switch query.order {
      case .number, .numberDescending: nil as String?
      case .accuracyDescending: "ifnull(-search_accuracy, 9e999)"
      case .parameters: "ifnull(parameters, 9e999)"
      case .macs: "ifnull(macs, 9e999)"
      }
    let isDescending = query.order == .numberDescending
    var conditions = ["job = ?"]
    var arguments: [(any DatabaseValueConvertible)?] = [job]
    if !query.states.isEmpty {
      conditions.append("state IN (\(query.states.map { _ in "?" }.joined(separator: ", ")))")
      arguments += query.states.map(\.rawValue)
    }
    if let start {
      if let key {
        conditions.append("(\(key), number) > (?, ?)")
        arguments.append(start.key)
      } else {
        conditions.append("number \(isDescending ? "<" : ">") ?")
      }
      arguments.append(start.number)
    }
    let order = (key.map { "\($0), " } ?? "") + (isDescending ? "number DESC" : "number")
    let size = max(1, query.pageSize)
    let sql =
      TrialRow.select + " WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) LIMIT ?"
    let bound = StatementArguments(arguments + [size + 1])
    let trials = try await database.read { db in
      let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: bound)
      return try Array(rows.map(TrialRow.trial))
    }
    return Page(trials, size: size, list: list) { trial in
      PageToken(key: query.key(trial), tie: String(trial.number))
    }
  }

  package func allTrials(of job: String) async throws -> [Trial] {
    try await database.read { db in
      let statement = try db.cachedStatement(
        sql: TrialRow.select + " WHERE job = ? ORDER BY number")
      return try Array(Row.fetchCursor(statement, arguments: [job]).map(TrialRow.trial))
    }
  }

  package func finalRuns(of job: String) async throws -> [FinalRun] {
    try await database.read { db in
      // 'selection' stands before 'test' in the alphabet as in time.
      let statement = try db.cachedStatement(
        sql: FinalRunRow.select + " WHERE job = ? ORDER BY stage, trial, repetition")
      return try Array(Row.fetchCursor(statement, arguments: [job]).map(FinalRunRow.run))
    }
  }

  package func supernetRuns(of job: String) async throws -> [SupernetRun] {
    try await database.read { db in
      let statement = try db.cachedStatement(
        sql: SupernetRunRow.select + " WHERE job = ? ORDER BY round")
      return try Array(Row.fetchCursor(statement, arguments: [job]).map(SupernetRunRow.run))
    }
  }

  package func strategyState(of job: String) async throws -> [UInt8]? {
    try await database.read { db in
      let data = try Data.fetchOne(
        db, sql: "SELECT state FROM strategy_states WHERE job = ?", arguments: [job])
      return data.map(Array.init)
    }
  }

  package func events(of job: String, after: Int, limit: Int) async throws -> [JobEvent] {
    try await database.read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT sequence, kind, at, payload FROM events
          WHERE job = ? AND sequence > ? ORDER BY sequence LIMIT ?
          """)
      let rows = try Row.fetchCursor(statement, arguments: [job, after, max(0, limit)])
      return try Array(
        rows.map { row in
          JobEvent(
            job: job, sequence: row[0], kind: row[1],
            at: Date(timeIntervalSinceReferenceDate: row[2]),
            payload: try StoredJSON.value(row[3]))
        })
    }
  }

  package func architecture(_ id: String) async throws -> ArchitectureRecord? {
    try await database.read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT job, fingerprint, genotype, number FROM trials
          WHERE architecture = ? ORDER BY number
          """)
      let rows = try Row.fetchAll(statement, arguments: [id])
      guard let first = rows.first else { return nil }
      return ArchitectureRecord(
        id: id, job: first[0], fingerprint: first[1],
        genotype: try StoredJSON.genotype(first[2]),
        trials: rows.map { $0[3] })
    }
  }

  package func weightsInUse() async throws -> Set<String> {
    try await database.read { db in
      try String.fetchSet(
        db,
        sql: """
          SELECT weights FROM trials WHERE weights IS NOT NULL
          UNION SELECT weights FROM final_runs WHERE weights IS NOT NULL
          """)
    }
  }
}
