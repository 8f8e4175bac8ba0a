import Domain
import Foundation
import GRDB
import Store
import Synchronization
import Testing

/// A clock that stands until it is moved.
final class Clock: Sendable {
  private let time = Mutex(Sample.date)

  var now: Date { time.withLock { $0 } }

  func advance(by seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

/// A folder that is removed with its last user.
final class Folder: Sendable {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("atelier-store-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var database: String { path + "/atelier.sqlite" }

  /// The first column of all rows that a statement gives, on a connection of its own.
  func ask(_ sql: String) throws -> [String] {
    let queue = try DatabaseQueue(path: database)
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction { try String.fetchAll($0, sql: sql) }
  }
}

/// Which store a case of the suite runs on.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case memory, sqlite

  var testDescription: String { rawValue }

  /// An empty store, and what must live as long as it.
  func open(_ clock: Clock = Clock()) throws -> (store: any JobStore & DatasetStore, hold: Folder) {
    let folder = try Folder()
    switch self {
    case .memory: return (MemoryStore(clock: { clock.now }), folder)
    case .sqlite:
      let database = try Database(path: folder.database)
      return (SQLiteJobStore(database, clock: { clock.now }), folder)
    }
  }
}

/// Values to store.
enum Sample {
  static let date = Date(timeIntervalSinceReferenceDate: 800_000_000.123_456_7)

  static func request(dataset: String = "digits") -> JobRequest {
    JobRequest(
      name: "small \"and\" fast / \u{1F600}", labels: ["nightly", "a b"], dataset: dataset,
      task: "classification", space: ComponentChoice("nasbench201-cell", params: ["width": 8]),
      strategy: ComponentChoice("random", params: ["note": "nan", "rate": 0.1, "deep": [1, nil]]),
      objectives: [Objective(.accuracy, .maximise), Objective(.macs, .minimise, limit: 2e6)],
      budget: Budget(maxTrials: 40, maxSeconds: 12.5, countsRepeats: true), parallelism: 4,
      trial: TrainingSchedule(samplesSeen: 5000, augmentation: [.flip]),
      final: JobRequest.Final(top: 3, seeds: 3, samplesSeen: 20000), seed: 9_007_199_254_740_991,
      priority: -3)
  }

  static func job(
    _ id: String = "job_a", dataset: String = "digits", state: Job.State = .queued,
    created: TimeInterval = 0
  ) -> Job {
    Job(
      id: id, request: request(dataset: dataset), datasetDigest: digest("d"), state: state,
      created: date + created)
  }

  /// A job with every field set.
  static func fullJob(_ id: String = "job_a") -> Job {
    var job = job(id, state: .running)
    job.phase = .finalTraining
    job.stopReason = .budgetTrials
    job.failure = "because"
    job.started = date + 0.1
    job.finished = date + 1 / 3
    job.spentSeconds = 0.1 + 0.2
    job.trialCounts = [.completed: 3, .stoppedEarly: 1]
    job.bestTrial = 2
    job.bestSearchAccuracy = 0.987_654_321_012_345_6
    job.numerics = Numerics(engineVersion: "1.0", isa: "avx512", threads: 1)
    job.finalPlan = FinalPlan(top: 1, seeds: 2, samplesSeen: 3, shrunkBecause: "time")
    job.digest = digest("j")
    job.version = 7
    return job
  }

  /// 64 hexadecimal digits that a name stands for.
  static func digest(_ name: String) -> String { Digest.sha256(name) }

  /// A trial as it is proposed.
  static func trial(_ number: Int, fingerprint: String? = nil) -> Trial {
    Trial(
      number: number, candidate: Candidate(Genotype([3, 0, nil, number]), fidelity: 0.25),
      code: "|nor_conv_3x3~0|", fingerprint: fingerprint)
  }

  /// A trial that completed.
  static func completed(
    _ number: Int, accuracy: Double, parameters: Double? = nil, macs: Double? = nil,
    fingerprint: String? = nil, weights: String? = nil
  ) -> Trial {
    var trial = trial(number, fingerprint: fingerprint)
    trial.state = .completed
    trial.attempt = 1
    trial.metrics = [MetricName.searchAccuracy: accuracy]
    trial.metrics[MetricName.parameters] = parameters
    trial.metrics[MetricName.macs] = macs
    trial.measured = ["train_seconds": 0.1]
    trial.curve = (1...5).map { epoch in
      Domain.Measurement(
        epoch: epoch,
        metrics: [
          MetricName.trainLoss: 1 / Double(epoch), MetricName.validationAccuracy: accuracy,
        ], seconds: 0.1 * Double(epoch))
    }
    trial.weights = weights
    trial.started = date
    trial.finished = date + 0.7
    return trial
  }

  static func reply(_ key: String, body: String = "{}", created: Date = date) -> IdempotentReply {
    IdempotentReply(
      key: key, requestDigest: digest(body), status: 201, location: "/v1/jobs/job_a", body: body,
      created: created)
  }

  static func dataset(_ name: String, created: TimeInterval = 0) -> Dataset {
    Dataset(
      id: "ds_\(name)", name: name, isBuiltIn: false, format: "csv",
      options: DatasetOptions(
        shape: TensorShape(height: 8, width: 8, channels: 1), classNames: ["0", "1"],
        testFraction: 0.2, testSeed: 0),
      state: .open, files: [], content: nil, created: date + created)
  }

  static let content = DatasetContent(
    digest: digest("c"), shape: TensorShape(features: 4), classes: ["x", "y"], trainRows: 80,
    testRows: 20, testSplit: "held out", validationFraction: 0.25, trainCounts: [40, 40],
    testCounts: [10, 10], minimum: -1.5, maximum: 0.1, mean: 0.3, deviation: 1 / 3,
    sizeBytes: 1234, source: "made", licence: "CC0")
}

/// The error a call throws, where it is one of the service's.
func failure(_ body: () async throws -> Void) async -> ServiceError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? ServiceError
  }
}
