internal import Domain
internal import Foundation
internal import GRDB

/// The one SQLite file, open: one writer, several readers, write-ahead log.
///
/// `synchronous=NORMAL` with the log: a killed process loses nothing, a power cut at most the last
/// transactions, never the file's soundness.
package final class Database: Sendable {
  private let pool: DatabasePool
  private let path: String
  private let reserve: DiskReserve

  /// Opens or makes the file and brings its schema up to date.
  ///
  /// - Parameters:
  ///   - path: The file; its folder must exist.
  ///   - maximumPages: How many pages of 4096 bytes it may grow to; nil: as many as the disk holds.
  /// - Throws: `ServiceError(.storage)` when it cannot be opened, or a newer version wrote it.
  package init(path: String, maximumPages: Int? = nil) throws {
    self.path = path
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 4
    configuration.label = "atelier"
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA synchronous = NORMAL")
      // Sorting must not need the disk: a full one still has to be readable.
      try db.execute(sql: "PRAGMA temp_store = MEMORY")
      try db.execute(sql: "PRAGMA journal_size_limit = 16777216")
      if let maximumPages { try db.execute(sql: "PRAGMA max_page_count = \(maximumPages)") }
    }
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      try Migrations.run(on: pool, path: path)
    } catch {
      throw ServiceError(storing: error, in: path)
    }
    reserve = DiskReserve(path: path + ".reserve")
    reserve.fill()
  }

  /// Runs one transaction; a cancelled task does not cut it.
  ///
  /// - Throws: `ServiceError`; nothing is saved then.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (GRDB.Database) throws -> Value
  ) async throws -> Value {
    let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
      pool.asyncWrite(body) { continuation.resume(returning: $1) }
    }
    return try settle(result)
  }

  /// Runs one transaction and waits for it on this thread: for opening.
  func writeNow<Value>(_ body: (GRDB.Database) throws -> Value) throws -> Value {
    try settle(Result { try pool.write(body) })
  }

  /// Reads one consistent state off this thread: for what may be long.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (GRDB.Database) throws -> Value
  ) async throws -> Value {
    let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
      pool.asyncRead { database in
        continuation.resume(returning: Result { try body(database.get()) })
      }
    }
    return try settle(result)
  }

  /// Reads with one statement on this thread: a look-up by key costs less than a change of threads.
  func readNow<Value>(_ body: (GRDB.Database) throws -> Value) throws -> Value {
    try settle(Result { try pool.unsafeRead(body) })
  }

  /// Ends all connections; the write-ahead log is folded into the file.
  package func close() throws {
    // The last connection to go is a reader, which cannot fold the log in. On a full disk it stays.
    _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    try settle(Result { try pool.close() })
  }

  private func settle<Value>(_ result: Result<Value, any Error>) throws -> Value {
    do {
      let value = try result.get()
      reserve.refill()
      return value
    } catch {
      let failure = ServiceError(storing: error, in: path)
      if ServiceError.isFullDisk(error) { reserve.spend() }
      throw failure
    }
  }
}
