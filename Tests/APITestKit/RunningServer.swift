package import API
package import Domain
internal import Foundation
internal import Logging
internal import ServiceLifecycle
package import Store

/// A server over doubles on a free loopback port, and the doubles.
package struct RunningServer: Sendable {
  package let port: Int
  package let server: Server
  package let store: MemoryStore
  package let control: ToyControl
  package let vault: ToyVault
  package let comparer: ToyComparer
  private let task: Task<Void, any Error>
  private let group: ServiceGroup

  /// The folder of Package.swift.
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Runs `body` with a fresh server that knows the data set `digits`, then stops it.
  package static func with(
    publicFolder: String? = nil, weights: [String: [UInt8]] = [:],
    settings change: (inout ServerSettings) -> Void = { _ in },
    _ body: (RunningServer) async throws -> Void
  ) async throws {
    let store = MemoryStore()
    try await store.create(Toy.dataset(), reply: nil)
    let control = ToyControl(store)
    let vault = ToyVault()
    let comparer = ToyComparer()
    var settings = ServerSettings(
      host: "127.0.0.1", port: 0, publicFolder: publicFolder,
      contractPath: root + "/openapi.yaml")
    settings.uploadLimitBytes = 1 << 20
    settings.heartbeat = .milliseconds(200)
    settings.patience = .seconds(2)
    change(&settings)
    let (ports, feed) = AsyncStream<Int>.makeStream()
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = try Server(
      Dependencies(
        catalog: Toy.catalog, jobs: store, datasets: store, vault: vault,
        weights: ToyWeights(weights), control: control,
        probe: { _, genotype, _ in
          TrialCost(
            secondsPerSample: 0.001 * Double(1 + (genotype.decisions.first.flatMap(\.self) ?? 0)),
            arenaBytes: 1_000_000)
        },
        probeSupernet: { _, _, threads, check in
          try check()
          return SupernetCost(
            epochs: 10, batchSize: 64, paths: 20, secondsPerBatch: 0.1 / Double(threads),
            secondsPerEpoch: 0.2, secondsPerScore: 0.01, arenaBytes: 5_000_000)
        }, compare: comparer.compare, seed: 1, log: log),
      settings: settings
    ) { port in feed.yield(port) }
    let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: log))
    let task = Task {
      defer { feed.finish() }
      try await group.run()
    }
    guard let port = await ports.first(where: { _ in true }) else {
      try await task.value
      return
    }
    let running = RunningServer(
      port: port, server: server, store: store, control: control, vault: vault, comparer: comparer,
      task: task, group: group)
    do {
      try await body(running)
    } catch {
      try await running.stop()
      throw error
    }
    try await running.stop()
  }

  /// Shuts the server down gracefully; returns when it has ended.
  package func stop() async throws {
    await group.triggerGracefulShutdown()
    try await task.value
  }

  /// Stores a job with trials; the first is the best.
  package func put(
    job id: String, state: Job.State = .running, trials: [Trial] = []
  ) async throws {
    var job = try Toy.job(id)
    try await store.create(job, reply: nil)
    job.state = state
    job.version += 1
    for trial in trials { job.trialCounts[trial.state, default: 0] += 1 }
    job.bestTrial = trials.first?.number
    job.bestSearchAccuracy = trials.first?.searchAccuracy
    try await control.save(
      JobChange(
        job: job, trials: trials, events: [("job.state", ["state": .string(state.rawValue)])]))
  }

  /// Runs `body` while a comparison is being made, then lets that end; returns its reply.
  package func whileComparing(_ body: () async throws -> Void) async throws -> Reply {
    comparer.hold()
    async let reply = send("POST", "/v1/comparisons", json: #"{"dataset": "truth"}"#)
    while comparer.running == 0 { try await Task.sleep(for: .milliseconds(1)) }
    try await body()
    comparer.release()
    return try await reply
  }

  /// A job as it is stored.
  package func job(_ id: String) async -> Job? { await store.job(id) }

  /// Sends one request on a connection of its own.
  package func send(
    _ method: String, _ path: String, headers: [(String, String)] = [], body: String? = nil
  ) async throws -> Reply {
    let client = try await RawClient.connect(port)
    return try await client.exchange(method, path, headers: headers, body: body)
  }

  /// Sends JSON.
  package func send(
    _ method: String, _ path: String, json: String, headers: [(String, String)] = []
  ) async throws -> Reply {
    try await send(
      method, path, headers: headers + [("Content-Type", "application/json")], body: json)
  }
}
