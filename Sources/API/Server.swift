internal import Domain
internal import Foundation
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// The HTTP server: every route of the contract over the given dependencies, and the viewer.
package struct Server: Service {
  /// All routes, for the contract's test.
  package let routes: [Route]
  private let edge: Edge
  private let settings: ServerSettings
  private let stopping: Signal
  private let comparisons: LongWork
  private let estimates: LongWork
  private let onListening: @Sendable (_ port: Int) async -> Void

  /// - Parameters:
  ///   - onListening: Called once with the bound port when requests are taken.
  /// - Throws: `ServiceError(.unavailable)` when the viewer's folder or the contract is not there.
  package init(
    _ dependencies: Dependencies, settings: ServerSettings,
    onListening: @escaping @Sendable (_ port: Int) async -> Void
  ) throws {
    guard let contract = FileManager.default.contents(atPath: settings.contractPath) else {
      throw ServiceError(.unavailable, "cannot read \(settings.contractPath)")
    }
    let metrics = RequestMetrics()
    let blocking = BlockingWork(threads: 2)
    let stopping = Signal()
    let desk = IdempotencyDesk(jobs: dependencies.jobs, clock: dependencies.clock)
    comparisons = LongWork(.comparison, stopping: stopping, limit: settings.comparisonLimit)
    estimates = LongWork(.estimate, stopping: stopping, limit: settings.estimateLimit)
    let files = try settings.publicFolder.map(StaticFiles.init)
    routes =
      [Server.viewerRoute(files)]
      + ServiceController(
        dependencies: dependencies, metrics: metrics, contract: [UInt8](contract)
      ).routes + CatalogController(dependencies: dependencies).routes
      + DatasetController(
        dependencies: dependencies, desk: desk,
        uploads: UploadDesk(
          catalog: dependencies.catalog, datasets: dependencies.datasets,
          vault: dependencies.vault, blocking: blocking),
        blocking: blocking, uploadLimit: settings.uploadLimitBytes
      ).routes
      + EstimateController(dependencies: dependencies, desk: estimates).routes
      + ComparisonController(dependencies: dependencies, desk: comparisons).routes
      + ParetoController(dependencies: dependencies).routes
      + TrustController(dependencies: dependencies, blocking: blocking).routes
      + JobController(
        dependencies: dependencies, bodies: JobBodies(jobs: dependencies.jobs), desk: desk,
        stopping: stopping
      ).routes
      + EventController(
        dependencies: dependencies, stopping: stopping, heartbeat: settings.heartbeat
      ).routes + TrialController(dependencies: dependencies).routes
      + ArchitectureController(dependencies: dependencies, blocking: blocking).routes
    let origin = OriginCheck(
      hosts: settings.allowedHosts + [settings.host], takesAnyHost: settings.isBehindProxy)
    edge = Edge(
      responder: Responder(
        table: RouteTable(routes), files: files, origin: origin, log: dependencies.log),
      dependencies: dependencies, metrics: metrics, connections: OpenConnections(),
      blocking: blocking)
    self.settings = settings
    self.stopping = stopping
    self.onListening = onListening
  }

  /// How many connections are open.
  package var connectionCount: Int { edge.connections.count }

  private static func viewerRoute(_ files: StaticFiles?) -> Route {
    Route("GET", "/", produces: ["text/html"]) { request in
      guard let page = try files?.answer(request) else {
        throw ServiceError(.unknownResource, "this service has no viewer")
      }
      return page
    }
  }

  /// Serves until a graceful shutdown: then ends waits and streams at once, and the rest in time.
  package func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.eventLoops)
    let service = try makeService(group)
    let (stopping, connections, patience) = (stopping, edge.connections, settings.patience)
    do {
      try await withTaskCancellationHandler {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
          tasks.addTask { try await service.run() }
          tasks.addTask {
            try await gracefulShutdown()
            stopping.fire()
            try await Task.sleep(for: patience)
            connections.closeAll()
          }
          try await tasks.next()
          tasks.cancelAll()
        }
      } onCancel: {
        stopping.fire()
        connections.closeAll()
      }
    } catch is CancellationError {
    } catch {
      try? await group.shutdownGracefully()
      try? await edge.blocking.stop()
      try? await comparisons.stop()
      try? await estimates.stop()
      throw error
    }
    try await group.shutdownGracefully()
    try await edge.blocking.stop()
    try await comparisons.stop()
    try await estimates.stop()
  }

  private func makeService(_ group: MultiThreadedEventLoopGroup) throws -> any Service {
    let (edge, onListening) = (edge, onListening)
    let rules = ConnectionGuard.Rules(
      limits: settings.limits, connections: edge.connections,
      bodyLimit: { [table = edge.responder.table] in table.bodyLimit(method: $0, path: $1) },
      refusal: { problem, detail, path, givenID in
        edge.refusal(problem, detail, path: path, givenID: givenID)
      })
    let limits = settings.limits
    let channel = HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionGuard(rules)],
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerFieldBytes, maxHeaderListSize: limits.headerBytes,
        maxHeaderFieldCount: limits.headerFields))
    // The framework's own lines are of no use to a user; ours say what happened.
    var log = edge.dependencies.log
    log.logLevel = max(log.logLevel, .warning)
    return try HTTPServerBuilder.http1(configuration: channel).buildServer(
      configuration: ServerConfiguration(
        address: .hostname(settings.host, port: settings.port), serverName: nil, backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(
          settings.mostConnections, logger: log)),
      eventLoopGroup: group, logger: log
    ) { request, writer, channel in
      try await edge.respond(to: request, writer, channel)
    } onServerRunning: { channel in
      await onListening(channel.localAddress?.port ?? 0)
    }
  }
}
