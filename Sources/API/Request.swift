package import HTTPTypes

/// One HTTP request as the endpoints see it.
package struct Request: Sendable {
  /// The body, as the route asked for it.
  package enum Body: Sendable {
    case none
    /// A whole body that was read and is not longer than the route allows.
    case bytes([UInt8])
    /// A body to be read piece by piece, once.
    case stream(any RequestStream)
  }

  package let method: String
  /// The path as it was sent, without the query.
  package let path: String
  package let query: Query
  package let headers: HTTPFields
  /// The parts of the path that the route's template names, decoded.
  package var parameters: [String: String]
  package var body: Body
  /// Names the request in the log and in problem documents.
  package let id: String
  private let connectionEnd: @Sendable () -> Signal

  package init(
    method: String, path: String, query: Query = Query(nil), headers: HTTPFields = [:],
    parameters: [String: String] = [:], body: Body = .none, id: String = "req_0",
    gone: @escaping @Sendable () -> Signal = { Signal() }
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.parameters = parameters
    self.body = body
    self.id = id
    connectionEnd = gone
  }

  /// Fires when the client is gone.
  package var gone: Signal { connectionEnd() }

  /// A part of the path by its name in the route's template.
  package subscript(name: String) -> String { parameters[name] ?? "" }
}

/// The pieces of a request's body in order.
package protocol RequestStream: Sendable {
  /// Hands every piece to `take`, which may block; returns after the last.
  ///
  /// - Throws: What `take` throws, or an error when the client stops before the end.
  func forEach(_ take: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void) async throws
}
