import Domain
import FoundationEssentials
import Logging
import Runner
import Store
import Synchronization

/// An executor without processes: toy outcomes after a pause, cancelled with their task.
final class FakeExecutor: Executor {
  let slots: Int
  private let started = Mutex<[WorkOrder]>([])
  private let offered: Numerics
  private let work: @Sendable (WorkOrder) async -> Outcome

  init(
    slots: Int = 2, offers numerics: Numerics = Toy.numerics,
    work: @escaping @Sendable (WorkOrder) async -> Outcome = FakeExecutor.toy
  ) {
    self.slots = slots
    offered = numerics
    self.work = work
  }

  /// Toy outcomes after a pause that differs from order to order.
  static let toy: @Sendable (WorkOrder) async -> Outcome = { order in
    let pause = (order.number * 7 + order.repetition * 3 + order.attempt) % 4
    try? await Task.sleep(for: .milliseconds(pause))
    return Toy.outcome(order.role, order.number, order.repetition, order.genotype)
  }

  var orders: [WorkOrder] { started.withLock(\.self) }
  var aliveWorkers: Int { slots }
  func start() async throws -> Numerics { offered }
  func offers(_ numerics: Numerics) -> Bool { numerics == offered }

  func run(
    _ order: WorkOrder, progress: @escaping @Sendable (Measurement) -> Void
  ) async -> Outcome {
    started.withLock { $0.append(order) }
    progress(Measurement(epoch: 1, metrics: [MetricName.trainLoss: 0.5], seconds: 0))
    let outcome = await work(order)
    return Task.isCancelled ? .cancelled : outcome
  }

  func cancel(_ order: WorkOrder.ID) async {}
  func shutdown() async {}
}

/// Remembers what was removed.
final class FakeWeights: WeightStore {
  let folder = "/nowhere"
  private let gone = Mutex<Set<String>>([])
  private let forgotten = Mutex<[String]>([])
  private let kept = Mutex<Set<String>?>(nil)

  /// Jobs whose checkpoints were removed, each time.
  var forgottenJobs: [String] { forgotten.withLock(\.self) }
  /// Jobs whose checkpoints the last sweep left.
  var keptJobs: Set<String>? { kept.withLock(\.self) }
  var removed: Set<String> { gone.withLock(\.self) }
  func path(_ digest: String) -> String { "/nowhere/\(digest).safetensors" }
  func read(_ digest: String) throws -> [UInt8]? { nil }
  func remove(_ digests: [String]) throws { gone.withLock { $0.formUnion(digests) } }
  func sweep(keeping inUse: Set<String>) throws {}
  func checkpoint(job: String, round: Int) -> String { "/nowhere/\(job)-\(round).checkpoint" }
  func removeCheckpoints(job: String) throws { forgotten.withLock { $0.append(job) } }
  func sweepCheckpoints(keeping jobs: Set<String>) throws { kept.withLock { $0 = jobs } }
}

/// A vault that only knows where a file would be.
struct FakeVault: DatasetVault {
  private static let error = ServiceError(.internal, "no uploads in this test")

  func beginUpload(dataset: String, format: String, part: String) throws -> any DatasetUpload {
    throw FakeVault.error
  }
  func seal(_ dataset: Dataset) throws -> DatasetContent { throw FakeVault.error }
  func discardUploads(of dataset: String) throws {}
  func remove(digest: String) throws {}
  func path(digest: String) -> String { "/nowhere/\(digest)" }
}

/// A store whose disk can fill up, for a while or for good.
actor FlakyStore: JobStore {
  private let inner: MemoryStore
  private(set) var saves = 0
  private var fails: @Sendable (_ save: Int, JobChange) -> Bool

  init(_ inner: MemoryStore, fails: @escaping @Sendable (_ save: Int, JobChange) -> Bool) {
    self.inner = inner
    self.fails = fails
  }

  func save(_ change: JobChange) async throws -> [JobEvent] {
    saves += 1
    if fails(saves, change) { throw ServiceError(.storage, "database or disk is full") }
    return try await inner.save(change)
  }

  func create(_ job: Job, reply: IdempotentReply?) async throws {
    try await inner.create(job, reply: reply)
  }
  func delete(job id: String) async throws -> [String] { try await inner.delete(job: id) }
  func job(_ id: String) async throws -> Job? { await inner.job(id) }
  func jobs(_ query: JobQuery) async throws -> Page<Job> { try await inner.jobs(query) }
  func unfinishedJobs() async throws -> [Job] { await inner.unfinishedJobs() }
  func trial(_ number: Int, of job: String) async throws -> Trial? {
    await inner.trial(number, of: job)
  }
  func trials(of job: String, _ query: TrialQuery) async throws -> Page<Trial> {
    try await inner.trials(of: job, query)
  }
  func allTrials(of job: String) async throws -> [Trial] { await inner.allTrials(of: job) }
  func finalRuns(of job: String) async throws -> [FinalRun] { await inner.finalRuns(of: job) }
  func supernetRuns(of job: String) async throws -> [SupernetRun] {
    await inner.supernetRuns(of: job)
  }
  func strategyState(of job: String) async throws -> [UInt8]? {
    await inner.strategyState(of: job)
  }
  func events(of job: String, after: Int, limit: Int) async throws -> [JobEvent] {
    await inner.events(of: job, after: after, limit: limit)
  }
  func architecture(_ id: String) async throws -> ArchitectureRecord? {
    await inner.architecture(id)
  }
  func weightsInUse() async throws -> Set<String> { await inner.weightsInUse() }
  func reply(for key: String) async throws -> IdempotentReply? { await inner.reply(for: key) }
}

/// A runner over a store in memory.
struct House {
  let store: MemoryStore
  let weights = FakeWeights()
  let runner: JobRunner

  init(
    _ store: MemoryStore = MemoryStore(), executor: any Executor = FakeExecutor(),
    jobs: (any JobStore)? = nil
  ) async throws {
    self.store = store
    if await store.dataset("toy") == nil { try await store.create(Toy.dataset, reply: nil) }
    var settings = RunnerSettings()
    settings.tickSeconds = 0.02
    settings.graceSeconds = 0.5
    runner = JobRunner(
      store: jobs ?? store, datasets: store, vault: FakeVault(), weights: weights,
      catalog: Toy.catalog, executor: executor, settings: settings,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Runs the service while `body` does.
  func open<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    let service = Task { try await runner.run() }
    do {
      let result = try await body()
      service.cancel()
      try await service.value
      return result
    } catch {
      service.cancel()
      throw error
    }
  }

  /// Waits until a job is in one of the states.
  @discardableResult
  func wait(_ id: String, for states: Job.State...) async throws -> Job {
    let changes = await runner.changes(of: id)
    if let job = await store.job(id), states.contains(job.state) { return job }
    for await _ in changes {
      if let job = await store.job(id), states.contains(job.state) { return job }
    }
    guard let job = await store.job(id), states.contains(job.state) else {
      throw ServiceError(.internal, "job \(id) never was \(states)")
    }
    return job
  }
}
