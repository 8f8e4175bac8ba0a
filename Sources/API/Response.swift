package import HTTPTypes

/// The answer to one request.
package struct Response: Sendable {
  /// What follows the head.
  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// Written piece by piece until the closure returns.
    case stream(@Sendable (any ResponseStream) async throws -> Void)
  }

  package var status: Int
  package var headers: HTTPFields
  package var body: Body

  package init(_ status: Int, headers: HTTPFields = [:], body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Bytes of a type.
  package init(_ status: Int = 200, type: String, bytes: [UInt8]) {
    self.init(status, headers: [.contentType: type], body: .bytes(bytes))
  }
}

/// Where a streamed answer is written.
package protocol ResponseStream {
  /// Sends a piece at once; waits while the client is slow.
  ///
  /// - Throws: When the client is gone.
  func write(_ text: String) async throws
}
