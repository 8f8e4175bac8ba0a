package import Domain
internal import HTTPTypes

/// The one table of errors: slug, status, title and meaning of every problem type (RFC 9457).
package enum Problem: String, CaseIterable, Sendable {
  case invalidRequest = "invalid-request"
  case forbidden
  case notFound = "not-found"
  case methodNotAllowed = "method-not-allowed"
  case notAcceptable = "not-acceptable"
  case requestTimeout = "request-timeout"
  case conflict
  case notReady = "not-ready"
  case idempotencyInFlight = "idempotency-in-flight"
  case numericsUnavailable = "numerics-unavailable"
  case tooLarge = "too-large"
  case unsupportedMediaType = "unsupported-media-type"
  case validation
  case idempotencyMismatch = "idempotency-mismatch"
  case dataset
  case headerTooLarge = "header-too-large"
  case `internal` = "internal-error"
  case notImplemented = "not-implemented"
  case storage
  case unavailable

  /// The problem that a service error is.
  package init(_ code: ErrorCode) {
    switch code {
    case .invalidRequest: self = .invalidRequest
    case .validation: self = .validation
    case .unknownResource: self = .notFound
    case .conflict: self = .conflict
    case .notReady: self = .notReady
    case .idempotencyMismatch: self = .idempotencyMismatch
    case .idempotencyInFlight: self = .idempotencyInFlight
    case .tooLarge: self = .tooLarge
    case .unsupportedMediaType: self = .unsupportedMediaType
    case .notAcceptable: self = .notAcceptable
    case .dataset: self = .dataset
    case .numericsUnavailable: self = .numericsUnavailable
    case .dataFolderHeld, .unavailable: self = .unavailable
    case .storage: self = .storage
    case .internal: self = .internal
    }
  }

  /// `/problems/<slug>`, which the service answers with the meaning.
  package var type: String { "/problems/\(rawValue)" }

  package var status: Int { row.status }
  package var title: String { row.title }
  /// What it means and what to do, for a person.
  package var meaning: String { row.meaning }

  private var row: (status: Int, title: String, meaning: String) {
    switch self {
    case .invalidRequest:
      (400, "Bad request", "The request is not HTTP, not JSON, or a parameter or header is wrong.")
    case .forbidden:
      (
        403, "Forbidden",
        "The Host is not one this service answers to, or another site's page made the request."
      )
    case .notFound: (404, "Not found", "There is nothing of this name.")
    case .methodNotAllowed:
      (405, "Method not allowed", "The path exists, but not with this method; see Allow.")
    case .notAcceptable:
      (406, "Not acceptable", "The service does not write the format asked for.")
    case .requestTimeout:
      (408, "Request timeout", "The request did not arrive in time; send it again.")
    case .conflict:
      (409, "Conflict", "The present state does not allow it; the detail says which state it is.")
    case .notReady: (409, "Not ready", "What was asked for does not exist yet; try again later.")
    case .idempotencyInFlight:
      (409, "Key in use", "A request with this Idempotency-Key is still being answered.")
    case .numericsUnavailable:
      (
        409, "Numerics unavailable",
        "The job began with an engine or instruction set that this machine does not have."
      )
    case .tooLarge: (413, "Too large", "The body is larger than this path takes.")
    case .unsupportedMediaType:
      (
        415, "Unsupported media type",
        "The body must be JSON, said so by Content-Type, and not compressed."
      )
    case .validation:
      (
        422, "Validation failed",
        "The body is JSON but not a valid request; errors names every fault by JSON Pointer."
      )
    case .idempotencyMismatch:
      (422, "Key reused", "The Idempotency-Key was used before with another body.")
    case .dataset:
      (422, "Broken data", "A file of the data set is wrong; the detail names the byte or row.")
    case .headerTooLarge:
      (
        431, "Header too large",
        "At most 100 header fields, 16 KB each and 32 KB in all, are read."
      )
    case .internal:
      (500, "Internal error", "A fault of the service; the log tells more by the request's id.")
    case .notImplemented:
      (501, "Not implemented", "The only transfer coding that is read is chunked.")
    case .storage:
      (503, "Storage failed", "The store could not read or write, for example on a full disk.")
    case .unavailable: (503, "Unavailable", "Not now; try again after Retry-After seconds.")
    }
  }

  /// The problem document of one occurrence.
  package func document(
    _ detail: String, faults: [Fault] = [], instance: String, requestID: String
  ) -> JSONValue {
    var members: [String: JSONValue] = [
      "type": .string(type), "title": .string(title), "status": .int(status),
      "detail": .string(detail), "instance": .string(instance), "request_id": .string(requestID),
    ]
    if !faults.isEmpty {
      members["errors"] = .array(
        faults.map { ["pointer": .string($0.pointer), "detail": .string($0.detail)] })
    }
    return .object(members)
  }

  /// The answer that carries the problem document.
  package func response(
    _ detail: String, faults: [Fault] = [], instance: String, requestID: String
  ) -> Response {
    let document = document(detail, faults: faults, instance: instance, requestID: requestID)
    var response = Response(
      status, type: "application/problem+json", bytes: Array(document.canonical.utf8))
    if status == 503 || self == .idempotencyInFlight { response.headers[.retryAfter] = "1" }
    return response
  }
}
