/// What kind of failure a client or user sees; `API` maps it to a status, the command line to an exit code.
package enum ErrorCode: String, Codable, Sendable, CaseIterable {
  case invalidRequest = "invalid_request"
  case validation
  case unknownResource = "unknown_resource"
  case conflict
  case notReady = "not_ready"
  case idempotencyMismatch = "idempotency_mismatch"
  case idempotencyInFlight = "idempotency_in_flight"
  case tooLarge = "too_large"
  case unsupportedMediaType = "unsupported_media_type"
  case notAcceptable = "not_acceptable"
  case dataset
  case numericsUnavailable = "numerics_unavailable"
  case dataFolderHeld = "data_folder_held"
  case storage
  case unavailable
  case `internal`
}

/// One fault in a request: where it is (JSON Pointer, RFC 6901) and what would be right.
package struct Fault: Codable, Hashable, Sendable {
  package let pointer: String
  package let detail: String

  package init(_ pointer: String, _ detail: String) {
    self.pointer = pointer
    self.detail = detail
  }
}

/// The one error that crosses a module's rim: a code, a sentence for a person, and the faults found.
package struct ServiceError: Error, Hashable, Sendable, CustomStringConvertible {
  package let code: ErrorCode
  package let message: String
  package let faults: [Fault]

  package init(_ code: ErrorCode, _ message: String, faults: [Fault] = []) {
    self.code = code
    self.message = message
    self.faults = faults
  }

  package var description: String {
    ([message] + faults.map { "\($0.pointer): \($0.detail)" }).joined(separator: "\n  ")
  }
}
