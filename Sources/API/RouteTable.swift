/// The routes as data: who answers a request, which methods a path has, how long a body may be.
package struct RouteTable: Sendable {
  package let routes: [Route]

  package init(_ routes: [Route]) {
    self.routes = routes
  }

  /// What a method and path lead to.
  package enum Match: Sendable {
    case route(Route, parameters: [String: String])
    /// The path has other methods.
    case otherMethods([String])
    /// No route has the path.
    case none
  }

  /// Finds the route of a request; `HEAD` is answered wherever `GET` is.
  package func match(method: String, path: String) -> Match {
    guard let segments = RouteTable.segments(path) else { return .none }
    let wanted = method == "HEAD" ? "GET" : method
    var methods: [String] = []
    for route in routes {
      guard let parameters = route.match(segments) else { continue }
      if route.method == wanted { return .route(route, parameters: parameters) }
      methods.append(route.method)
    }
    if methods.contains("GET") { methods.append("HEAD") }
    return methods.isEmpty ? .none : .otherMethods(methods.sorted())
  }

  /// Longest body of a request, asked at its head.
  package func bodyLimit(method: String, path: String) -> Int {
    guard case .route(let route, _) = match(method: method, path: path) else {
      return Route.smallestLimit
    }
    return route.bodyLimit
  }

  /// The decoded parts of a path; nil for an empty part, a broken escape, or a slash in disguise.
  static func segments(_ path: String) -> [String]? {
    guard path.utf8.first == UInt8(ascii: "/") else { return nil }
    if path == "/" { return [] }
    var segments: [String] = []
    for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard !part.isEmpty, let text = PercentEncoding.decoded(part), !text.contains("/"),
        !text.contains("\0")
      else { return nil }
      segments.append(text)
    }
    return segments
  }
}
