extension ConnectionGuard {
  /// What the rules ask of the service.
  package struct Rules: Sendable {
    package let limits: ConnectionLimits
    /// Longest body of a method and path, asked at the head.
    package let bodyLimit: @Sendable (_ method: String, _ path: String) -> Int
    /// The answer that refuses a request; `givenID` is the request's own `X-Request-Id`.
    package let refusal:
      @Sendable (Problem, _ detail: String, _ path: String, _ givenID: String?) -> Response
    package let connections: OpenConnections

    package init(
      limits: ConnectionLimits = ConnectionLimits(), connections: OpenConnections,
      bodyLimit: @escaping @Sendable (_ method: String, _ path: String) -> Int,
      refusal:
        @escaping @Sendable (Problem, _ detail: String, _ path: String, _ givenID: String?) ->
        Response
    ) {
      self.limits = limits
      self.connections = connections
      self.bodyLimit = bodyLimit
      self.refusal = refusal
    }
  }
}
