internal import Foundation

/// How a server listens and what it serves besides its endpoints.
package struct ServerSettings: Sendable {
  package var host: String
  /// 0: any free port; the one taken is reported when the server listens.
  package var port: Int
  /// Absolute path of the viewer's folder; nil: no viewer.
  package var publicFolder: String?
  /// Absolute path of `openapi.yaml`.
  package var contractPath: String
  /// Host names besides loopback and `host` that requests may come for.
  package var allowedHosts: [String] = []
  /// True where a reverse proxy in front decides which names are served.
  package var isBehindProxy = false
  /// Longest file of a data set that may be uploaded, in bytes.
  package var uploadLimitBytes = 8 << 30
  package var eventLoops = 1
  /// Most connections at once; nil: half of what the process may open, at most 1024.
  package var connectionLimit: Int?
  package var limits = ConnectionLimits()
  /// Time between the comment lines of an event stream.
  package var heartbeat: Duration = .seconds(15)
  /// Time that a stopping server gives to what is in flight.
  package var patience: Duration = .seconds(10)

  /// Longest time of one comparison of strategies.
  package var comparisonLimit: Duration = .seconds(300)

  /// Longest time of one estimate.
  package var estimateLimit: Duration = .seconds(60)

  package init(host: String, port: Int, publicFolder: String?, contractPath: String) {
    self.host = host
    self.port = port
    self.publicFolder = publicFolder
    self.contractPath = contractPath
  }

  var mostConnections: Int {
    if let connectionLimit { return connectionLimit }
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
    return max(16, min(1024, Int(clamping: limit.rlim_cur) / 2))
  }
}
