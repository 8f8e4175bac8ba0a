package import Domain
internal import Foundation
internal import GRDB

extension SQLiteJobStore: DatasetStore {
  package func create(_ dataset: Dataset, reply: IdempotentReply?) async throws {
    let now = clock()
    try await database.write { db in
      let taken = try String.fetchOne(
        db, sql: "SELECT name FROM datasets WHERE name = ? OR id = ?",
        arguments: [dataset.name, dataset.id])
      if let taken { throw ServiceError.datasetExists(taken) }
      if let reply { try ReplyRow.insert(reply, db, now: now) }
      try db.execute(
        sql: DatasetRow.insert, arguments: StatementArguments(DatasetRow.arguments(dataset)))
    }
  }

  package func update(_ dataset: Dataset) async throws {
    try await database.write { db in
      try db.execute(
        sql: DatasetRow.update,
        arguments: StatementArguments(DatasetRow.arguments(dataset) + [dataset.id]))
      guard db.changesCount == 1 else { throw ServiceError.noDataset(dataset.id) }
    }
  }

  package func dataset(_ idOrName: String) async throws -> Dataset? {
    try database.readNow { db in
      let statement = try db.cachedStatement(
        sql: DatasetRow.select + " WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC LIMIT 1")
      return try Row.fetchOne(statement, arguments: [idOrName]).map(DatasetRow.dataset)
    }
  }

  package func datasets(pageSize: Int, pageToken: String?) async throws -> Page<Dataset> {
    let token = try pageToken.map { try PageToken($0, for: "datasets") }
    let size = max(1, pageSize)
    let rows = try await database.read { db in
      let statement = try db.cachedStatement(
        sql: DatasetRow.select
          + " WHERE (created, id) > (?, ?) ORDER BY created, id LIMIT ?")
      let rows = try Row.fetchCursor(
        statement,
        arguments: [token?.key ?? -Double.infinity, token?.tie ?? "", size + 1])
      return try Array(rows.map(DatasetRow.dataset))
    }
    return Page(rows, size: size, list: "datasets") { dataset in
      PageToken(key: dataset.created.timeIntervalSinceReferenceDate, tie: dataset.id)
    }
  }

  package func delete(dataset id: String) async throws {
    try await database.write { db in
      let name = try String.fetchOne(
        db, sql: "SELECT name FROM datasets WHERE id = ?", arguments: [id])
      guard let name else { throw ServiceError.noDataset(id) }
      let user = try String.fetchOne(
        db, sql: "SELECT id FROM jobs WHERE dataset = ? ORDER BY created DESC, id DESC LIMIT 1",
        arguments: [name])
      if let user { throw ServiceError.datasetInUse(name, by: user) }
      try db.execute(sql: "DELETE FROM datasets WHERE id = ?", arguments: [id])
    }
  }
}
