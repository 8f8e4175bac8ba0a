/// The routes as data: who answers a request, which methods a path has, how long a body may be.
package struct RouteTable: Sendable {
  package let routes: [Route]
  /// The routes by the number of their template's parts.
  private let byLength: [[Route]]

  package init(_ routes: [Route]) {
    self.routes = routes
    let longest = routes.map(\.parts.count).max() ?? 0
    byLength = (0...longest).map { length in routes.filter { $0.parts.count == length } }
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
    guard let segments = RouteTable.segments(path), segments.count < byLength.count else {
      return .none
    }
    let wanted = method == "HEAD" ? "GET" : method
    var methods: [String] = []
    for route in byLength[segments.count] {
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
    let bytes = path.utf8
    guard bytes.first == UInt8(ascii: "/") else { return nil }
    if bytes.count == 1 { return [] }
    let slash = UInt8(ascii: "/")
    let isPlain = !bytes.contains(UInt8(ascii: "%")) && !bytes.contains(0)
    var segments: [String] = []
    for part in bytes.dropFirst().split(separator: slash, omittingEmptySubsequences: false) {
      if part.isEmpty { return nil }
      if isPlain {
        segments.append(String(Substring(part)))
        continue
      }
      guard let text = PercentEncoding.decoded(Substring(part)), !text.utf8.contains(slash),
        !text.utf8.contains(0)
      else { return nil }
      segments.append(text)
    }
    return segments
  }
}
