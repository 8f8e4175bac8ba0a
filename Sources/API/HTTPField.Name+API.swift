internal import HTTPTypes

/// Header names that the HTTP types do not list.
///
/// All of them are tokens, so no name falls back to another.
extension HTTPField.Name {
  static let host = HTTPField.Name("Host") ?? .connection
  static let requestID = HTTPField.Name("X-Request-Id") ?? .connection
  static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .connection
  static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed") ?? .connection
  static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .connection
  static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .connection
}
