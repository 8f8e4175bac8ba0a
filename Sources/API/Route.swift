/// One path and method of the contract: what body it takes, and who answers.
package final class Route: Sendable {
  /// What a request's body has to be.
  package enum BodyKind: Hashable, Sendable {
    /// None; one that is sent is not read.
    case none
    /// JSON, required.
    case json
    /// JSON, or nothing.
    case optionalJSON
    /// Any bytes, streamed.
    case upload
  }

  package let method: String
  /// For example `/v1/jobs/{id}`, as in the contract.
  package let template: String
  package let body: BodyKind
  /// Longest body that is read, in bytes.
  package let bodyLimit: Int
  /// Media types that an answer may have, errors apart; empty: any.
  package let produces: [String]
  package let answer: @Sendable (Request) async throws -> Response
  let parts: [Part]

  enum Part: Hashable, Sendable {
    case literal(String)
    case parameter(String)
  }

  package init(
    _ method: String, _ template: String, body: BodyKind = .none, bodyLimit: Int? = nil,
    produces: [String] = ["application/json"],
    answer: @escaping @Sendable (Request) async throws -> Response
  ) {
    self.method = method
    self.template = template
    self.body = body
    self.bodyLimit = bodyLimit ?? (body == .none ? Route.smallestLimit : Route.jsonLimit)
    self.produces = produces
    self.answer = answer
    parts = template.split(separator: "/").map { part in
      part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
    }
  }

  /// Longest JSON body.
  package static let jsonLimit = 1 << 20

  /// Longest body that is thrown away where none is read.
  package static let smallestLimit = 1 << 16

  /// The parameters of a path that has the template's form, else nil.
  func match(_ segments: [String]) -> [String: String]? {
    guard segments.count == parts.count else { return nil }
    var parameters: [String: String] = [:]
    for (part, segment) in zip(parts, segments) {
      switch part {
      case .literal(let text): if text != segment { return nil }
      case .parameter(let name): parameters[name] = segment
      }
    }
    return parameters
  }
}
