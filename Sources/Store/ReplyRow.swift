internal import Domain
internal import Foundation
internal import GRDB

/// A kept reply as a row of the table `idempotent_replies`.
enum ReplyRow {
  /// How long a reply is kept, in seconds.
  static let lifetime: TimeInterval = 24 * 3600

  private static let columns = "key, request_digest, status, location, body, created"

  /// Drops the replies that are too old.
  static func dropOld(_ db: GRDB.Database, now: Date) throws {
    try db.cachedStatement(sql: "DELETE FROM idempotent_replies WHERE created <= ?")
      .execute(arguments: [now.timeIntervalSinceReferenceDate - lifetime])
  }

  /// Keeps a reply under its key.
  ///
  /// - Throws: `ServiceError(.conflict)` or `(.idempotencyMismatch)` when the key has one.
  static func insert(_ reply: IdempotentReply, _ db: GRDB.Database, now: Date) throws {
    try dropOld(db, now: now)
    if let old = try find(reply.key, db, now: now) { throw ServiceError.keyTaken(reply, by: old) }
    try db.cachedStatement(
      sql: "INSERT INTO idempotent_replies (\(columns)) VALUES (?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      reply.key, reply.requestDigest, reply.status, reply.location, reply.body,
      reply.created.timeIntervalSinceReferenceDate,
    ])
  }

  /// The reply of a key, if it is not too old.
  static func find(_ key: String, _ db: GRDB.Database, now: Date) throws -> IdempotentReply? {
    let statement = try db.cachedStatement(
      sql: "SELECT \(columns) FROM idempotent_replies WHERE key = ? AND created > ?")
    let oldest = now.timeIntervalSinceReferenceDate - lifetime
    guard let row = try Row.fetchOne(statement, arguments: [key, oldest]) else { return nil }
    return IdempotentReply(
      key: row[0], requestDigest: row[1], status: row[2], location: row[3], body: row[4],
      created: Date(timeIntervalSinceReferenceDate: row[5]))
  }
}
