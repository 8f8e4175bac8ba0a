internal import API
internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Logging
internal import Runner
internal import ServiceLifecycle
internal import UnixSignals

/// `atelier serve`: the HTTP service over one data folder.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve the HTTP API and the viewer.",
    discussion: """
      Prints `listening on http://HOST:PORT` as its first line on standard output once it is ready;
      logs go to standard error. SIGTERM and SIGINT finish what is in flight and end with status 0.
      """)

  @Option(help: "Address to bind; anything but loopback needs --behind-proxy.")
  var host = "127.0.0.1"

  @Option(help: "Port to bind; 0 takes any free one.")
  var port = 8080

  @OptionGroup var machine: MachineOptions

  @Option(help: "Folder with everything that lasts.")
  var data = "data"

  @Flag(help: "Trust a reverse proxy that ends TLS and checks who may ask.")
  var behindProxy = false

  @Option(
    name: .customLong("allow-host"), help: "A Host header to accept besides loopback's; repeatable."
  )
  var allowedHosts: [String] = []

  @Option(
    name: .customLong("public"), help: "Folder of the viewer; found beside the binary by default.")
  var publicFolder: String?

  @Option(help: "The contract to serve, openapi.yaml; found beside the binary by default.")
  var contract: String?

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port \(port) must be from 0 to 65535")
    }
    guard behindProxy || ["127.0.0.1", "::1", "localhost"].contains(host) else {
      throw ValidationError(
        "--host \(host) is not loopback: there is no TLS and no login here, so put a reverse proxy "
          + "in front and say --behind-proxy")
    }
  }

  func run() async throws {
    let log = machine.logger()
    let wiring = try await Wiring(
      data: data, machine: machine, address: "\(host):\(port)", log: log)
    var settings = ServerSettings(
      host: host, port: port, publicFolder: try publicFolder ?? SharedFiles.path(of: "public"),
      contractPath: try contract ?? SharedFiles.path(of: "openapi.yaml"))
    settings.allowedHosts = allowedHosts
    settings.isBehindProxy = behindProxy
    settings.uploadLimitBytes = machine.uploadLimitBytes
    let server = try wiring.server(settings)
    let group = ServiceGroup(
      configuration: .init(
        services: [.init(service: wiring.runner), .init(service: server)],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
    do { try await group.run() } catch { throw refusal(of: error) }
    await wiring.executor.shutdown()
  }

  /// An address that cannot be taken, in words; any other error as it is.
  ///
  /// The network library's errors are known by their text, for its types stay inside `API`.
  private func refusal(of error: any Error) -> any Error {
    let text = "\(error)"
    if text.contains("errno: \(EADDRINUSE))") {
      return ServiceError(
        .unavailable, "--port \(port) is in use on \(host); choose another, or 0 for any free one")
    }
    if text.hasPrefix("bind(") {
      let codes = [EACCES, EADDRNOTAVAIL]
      let reason = codes.first { text.contains("errno: \($0))") }
        .map { String(cString: strerror($0)) }
      return ServiceError(
        .unavailable, "--host \(host) --port \(port) cannot be taken: \(reason ?? text)")
    }
    guard "\(type(of: error))".contains("UnknownHost") else { return error }
    return ServiceError(.unavailable, "--host \(host) is no known name or address")
  }
}
