internal import HTTPTypes

/// Keeps other sites' pages away: any page can make a browser post to loopback.
package struct OriginCheck: Sendable {
  /// Hosts, without port, that the service answers to besides loopback.
  private let hosts: Set<String>
  /// True where a reverse proxy in front decides which names are served.
  private let takesAnyHost: Bool

  package init(hosts: [String], takesAnyHost: Bool) {
    self.hosts = Set(hosts.map { $0.lowercased() })
    self.takesAnyHost = takesAnyHost
  }

  /// Why a request is refused, or nil.
  ///
  /// - Parameter authority: the request's `Host`.
  package func fault(authority: String, origin: String?) -> String? {
    let host = OriginCheck.host(of: authority)
    guard takesAnyHost || hosts.contains(host) || OriginCheck.isLoopback(host) else {
      return "this service does not answer to the host '\(authority)'; "
        + "start it with --allow-host \(host) where it should"
    }
    guard let origin else { return nil }
    let parts = origin.lowercased().split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "http:" || parts[0] == "https:", parts[1].isEmpty,
      parts[2] == authority.lowercased() || hosts.contains(OriginCheck.host(of: String(parts[2])))
    else { return "a page of another origin, '\(origin)', may not use this service" }
    return nil
  }

  /// The host of `host:port`, in lower case; an IPv6 address keeps its brackets.
  private static func host(of authority: String) -> String {
    let text = authority.lowercased()
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return String(text[...end]) }
    return String(Substring(text.utf8.prefix { $0 != UInt8(ascii: ":") }))
  }

  /// True for a name or address of this machine alone.
  package static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
