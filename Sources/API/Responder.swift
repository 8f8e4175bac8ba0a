internal import Domain
internal import HTTPTypes
package import Logging

/// From a request to its answer, whatever carries it: routing, checks, errors, headers.
package struct Responder: Sendable {
  package let table: RouteTable
  package let files: StaticFiles?
  package let origin: OriginCheck
  package let log: Logger

  package init(table: RouteTable, files: StaticFiles?, origin: OriginCheck, log: Logger) {
    self.table = table
    self.files = files
    self.origin = origin
    self.log = log
  }

  private static let viewerPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    + "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    + "frame-ancestors 'none'"
  private static let apiPolicy = "default-src 'none'; frame-ancestors 'none'"

  /// The answer to a request and the template of its route, for counting.
  ///
  /// - Parameters:
  ///   - authority: The request's `Host`.
  ///   - hasBody: True when the request announces a body.
  ///   - readBody: Reads the body as its route takes it; called once at most.
  /// - Throws: Only what makes an answer pointless, such as a client that is gone.
  package func answer(
    _ request: Request, authority: String, hasBody: Bool,
    readBody: (Route) async throws -> Request.Body
  ) async throws -> (response: Response, route: String) {
    var route = "none"
    var isViewer = false
    var response: Response
    do {
      if let fault = origin.fault(authority: authority, origin: request.headers[.origin]) {
        response = Problem.forbidden.response(fault, instance: request.path, requestID: request.id)
      } else {
        switch table.match(method: request.method, path: request.path) {
        case .route(let found, let parameters):
          route = found.template
          var request = request
          request.parameters = parameters
          try check(request, found, hasBody: hasBody)
          if found.body != .none, hasBody { request.body = try await readBody(found) }
          response = try await found.answer(request)
          isViewer = found.produces == ["text/html"]
        case .otherMethods(let methods):
          response = Problem.methodNotAllowed.refusal(allow: methods, request)
        case .none:
          guard let file = try files?.answer(request) else {
            throw ServiceError(.unknownResource, "there is nothing at \(request.path)")
          }
          route = "files"
          isViewer = true
          response = file
        }
      }
    } catch let error as ServiceError {
      response = refusal(error, request)
    } catch let error as BodyLost {
      throw error
    } catch {
      log.error(
        "unexpected error", metadata: ["request": "\(request.id)", "error": "\(error)"])
      response = Problem.internal.response(
        "the service met an unexpected error; its log names request \(request.id)",
        instance: request.path, requestID: request.id)
    }
    Responder.finish(
      &response, requestID: request.id, isHead: request.method == "HEAD", isViewer: isViewer)
    return (response, route)
  }

  /// Refuses what the route does not take, before any body is read.
  private func check(_ request: Request, _ route: Route, hasBody: Bool) throws {
    let accept = Accept(request.headers[.accept])
    if !route.produces.isEmpty, !route.produces.contains(where: { accept.quality($0) > 0 }) {
      throw ServiceError(
        .notAcceptable, "\(route.template) answers \(route.produces.joined(separator: ", "))")
    }
    guard route.body == .json || route.body == .optionalJSON else { return }
    guard hasBody else {
      if route.body == .optionalJSON { return }
      throw ServiceError(.invalidRequest, "\(route.template) needs a body: a JSON object")
    }
    let type = request.headers[.contentType] ?? ""
    let name = type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
    guard name == "application/json" else {
      throw ServiceError(
        .unsupportedMediaType,
        "the header Content-Type must be application/json, not '\(type)'")
    }
    let coding = request.headers[.contentEncoding] ?? ""
    guard coding.isEmpty || coding.lowercased() == "identity" else {
      throw ServiceError(
        .unsupportedMediaType,
        "the body must be sent plain, without the header Content-Encoding: \(coding)")
    }
  }

  private func refusal(_ error: ServiceError, _ request: Request) -> Response {
    let problem = Problem(error.code)
    if problem.status >= 500 {
      log.error(
        "request failed", metadata: ["request": "\(request.id)", "error": "\(error.message)"])
    }
    // What went wrong inside is for the log alone.
    let detail =
      problem == .internal
      ? "the service met an unexpected error; its log names request \(request.id)" : error.message
    return problem.response(
      detail, faults: error.faults, instance: request.path, requestID: request.id)
  }

  /// Sets the headers that every answer has, and takes the body from an answer to `HEAD`.
  static func finish(
    _ response: inout Response, requestID: String, isHead: Bool = false, isViewer: Bool = false
  ) {
    response.headers[.xContentTypeOptions] = "nosniff"
    response.headers[.contentSecurityPolicy] =
      isViewer ? Responder.viewerPolicy : Responder.apiPolicy
    response.headers[.referrerPolicy] = "no-referrer"
    response.headers[.requestID] = requestID
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    switch response.body {
    case .none: if response.status == 200 { response.headers[.contentLength] = "0" }
    case .bytes(let bytes): response.headers[.contentLength] = "\(bytes.count)"
    case .stream: if isHead { response.headers[.contentLength] = "0" }
    }
    if isHead { response.body = .none }
  }
}

/// The request's body could not be read to its end: there is no one to answer.
package struct BodyLost: Error {
  package let cause: any Error

  package init(_ cause: any Error) {
    self.cause = cause
  }
}
