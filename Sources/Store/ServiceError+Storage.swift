internal import Domain
internal import Foundation
internal import GRDB

extension ServiceError {
  /// What went wrong below the store, as a sentence for the person who runs the service.
  init(storing error: any Error, in path: String) {
    switch error {
    case let error as ServiceError: self = error
    case let error as DatabaseError: self.init(.storage, ServiceError.sentence(error, path))
    case is EncodingError:
      self.init(.storage, "a value cannot be stored in \(path): \(error)")
    case is DecodingError:
      self.init(.storage, "\(path) holds a value that cannot be read: \(error)")
    default:
      if ServiceError.isFullDisk(error) {
        self.init(.storage, ServiceError.fullDisk(path))
      } else {
        self.init(.storage, "\(path): \(error.localizedDescription)")
      }
    }
  }

  /// True where the disk, or the room the database may take, has no space left.
  static func isFullDisk(_ error: any Error) -> Bool {
    if let error = error as? DatabaseError {
      return error.resultCode == .SQLITE_FULL
        || error.extendedResultCode == .SQLITE_IOERR_SHMSIZE
    }
    if let error = error as? CocoaError, error.code == .fileWriteOutOfSpace { return true }
    let posix = (error as? POSIXError)?.code
    return posix == .ENOSPC || posix == .EDQUOT
  }

  private static func fullDisk(_ path: String) -> String {
    "the disk is full: nothing could be written to \(path). Make room there; "
      + "what was stored before is safe and can still be read"
  }

  private static func sentence(_ error: DatabaseError, _ path: String) -> String {
    if isFullDisk(error) { return fullDisk(path) }
    let cause = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_IOERR:
      return "the disk failed, or is full, while \(path) was in use: \(cause); "
        + "what was stored before can still be read if the disk can"
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return "\(path) is held by another process for longer than 5 seconds"
    case .SQLITE_READONLY, .SQLITE_PERM:
      return "\(path) may not be written: \(cause); check who owns the file and its folder"
    case .SQLITE_CANTOPEN:
      return "\(path) cannot be opened: \(cause); check that its folder exists and may be written"
    case .SQLITE_NOTADB:
      return "\(path) is not a SQLite database; move it away or name another data folder"
    case .SQLITE_CORRUPT:
      return "\(path) is damaged: \(cause); restore it from a copy, or name another data folder"
    default:
      return "\(path): \(cause) (SQLite code \(error.extendedResultCode.rawValue))"
    }
  }
}

extension ServiceError {
  static func noJob(_ id: String) -> ServiceError {
    ServiceError(.unknownResource, "no job '\(id)'")
  }

  static func noDataset(_ id: String) -> ServiceError {
    ServiceError(.unknownResource, "no data set '\(id)'")
  }

  static func jobExists(_ id: String) -> ServiceError {
    ServiceError(.conflict, "there is a job '\(id)' already")
  }

  static func datasetExists(_ name: String) -> ServiceError {
    ServiceError(.conflict, "there is a data set '\(name)' already; choose another name")
  }

  static func datasetInUse(_ name: String, by job: String) -> ServiceError {
    ServiceError(.conflict, "data set '\(name)' is used by job '\(job)'; delete that job first")
  }

  /// A reply's key that another reply already has.
  static func keyTaken(_ reply: IdempotentReply, by old: IdempotentReply) -> ServiceError {
    reply.requestDigest == old.requestDigest
      ? ServiceError(
        .conflict, "the request with Idempotency-Key '\(reply.key)' was carried out already")
      : ServiceError(
        .idempotencyMismatch, "Idempotency-Key '\(reply.key)' was used for another request")
  }

  static func finished(_ trial: Int, of job: String, _ state: Trial.State) -> ServiceError {
    ServiceError(
      .conflict,
      "trial \(trial) of job '\(job)' is \(state.rawValue) and cannot change any more")
  }
}
