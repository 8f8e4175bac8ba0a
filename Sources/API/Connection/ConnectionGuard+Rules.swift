extension ConnectionGuard {
  /// What the rules ask of the service.
  package struct Rules: Sendable {
    package let limits: ConnectionLimits
    /// Longest body of a method and path, asked at the head.
    package let bodyLimit: @Sendable (_ method: String, _ path: String) -> Int
    /// The body of a refusal: a problem document.
    package let document: @Sendable (Problem, _ detail: String, _ path: String) -> [UInt8]
    package let connections: OpenConnections

    package init(
      limits: ConnectionLimits = ConnectionLimits(), connections: OpenConnections,
      bodyLimit: @escaping @Sendable (_ method: String, _ path: String) -> Int,
      document: @escaping @Sendable (Problem, _ detail: String, _ path: String) -> [UInt8]
    ) {
      self.limits = limits
      self.connections = connections
      self.bodyLimit = bodyLimit
      self.document = document
    }
  }
}
