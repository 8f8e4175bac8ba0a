import Domain
import Foundation
import GRDB
import Store
import Testing

/// Every schema that was ever released still opens; `Schemas/vN.sql` are dumps that never change.
@Suite struct MigrationTests {
  private static let schemas = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Schemas")

  static let versions = ["v1", "v2", "v3"]

  /// Lays the dump of an old version down as a database file.
  private func restore(_ version: String, at path: String) throws {
    let dump = MigrationTests.schemas.appendingPathComponent("\(version).sql")
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: String(contentsOf: dump, encoding: .utf8))
    }
    try queue.close()
  }

  /// All that a schema consists of.
  private func schema(_ folder: Folder) throws -> [String] {
    try folder.ask(
      """
      SELECT type || ' ' || name || ' ' || sql FROM sqlite_master
      WHERE sql IS NOT NULL ORDER BY type, name
      """)
  }

  @Test(arguments: versions)
  func `an old schema opens with all it holds`(_ version: String) async throws {
    let folder = try Folder()
    try restore(version, at: folder.database)
    let clock = Clock()
    let store = try SQLiteJobStore(Database(path: folder.database), clock: { clock.now })
    #expect(try await store.job("job_a") == Sample.fullJob())
    #expect(try await store.allTrials(of: "job_a") == MigrationSample.trials)
    #expect(try await store.finalRuns(of: "job_a") == [MigrationSample.run])
    let supernets = try await store.supernetRuns(of: "job_a")
    #expect(supernets == (version == "v3" ? [MigrationSample.supernet] : []))
    #expect(try await store.strategyState(of: "job_a") == [1, 2, 255])
    let events = try await store.events(of: "job_a", after: 0, limit: 9)
    #expect(events.map(\.kind) == ["job.state", "log"])
    #expect(events.map(\.at) == [Sample.date, Sample.date])
    #expect(try await store.dataset("mine") == MigrationSample.dataset)
    #expect(try await store.reply(for: "k") == Sample.reply("k"))
    try await store.save(JobChange(job: Sample.fullJob(), events: [("log", "after")]))
    #expect(try await store.delete(job: "job_a") == [Sample.digest("w")])
  }

  @Test func `a database migrated from the oldest schema is like a new one`() async throws {
    let old = try Folder()
    try restore("v1", at: old.database)
    try Database(path: old.database).close()
    let new = try Folder()
    try Database(path: new.database).close()
    #expect(try schema(old) == schema(new))
    let applied = try new.ask("SELECT identifier FROM grdb_migrations ORDER BY rowid")
    #expect(applied == MigrationTests.versions, "a new schema needs its dump in Schemas")
  }

  @Test func `a newer schema is refused by its name and left alone`() async throws {
    let folder = try Folder()
    try Database(path: folder.database).close()
    _ = try folder.ask("INSERT INTO grdb_migrations VALUES ('v9')")
    let before = try schema(folder)
    let refused = await failure { _ = try Database(path: folder.database) }
    #expect(refused?.code == .storage)
    #expect(refused?.message.contains("'v9'") == true)
    #expect(refused?.message.contains("up to 'v3'") == true)
    #expect(try schema(folder) == before)
  }
}

/// What the dumps hold beside `Sample.fullJob()`.
enum MigrationSample {
  static let trials: [Trial] = {
    var diverged = Sample.trial(2)
    diverged.state = .diverged
    diverged.measured = ["train_seconds": .infinity]
    diverged.curve = [Domain.Measurement(epoch: 1, metrics: ["train_loss": nil], seconds: 0.5)]
    diverged.failure = "loss is infinite"
    let first = Sample.completed(
      1, accuracy: 0.1 + 0.2, parameters: 1000, macs: 2e6, fingerprint: "a1-x",
      weights: Sample.digest("w"))
    return [first, diverged]
  }()

  static let run: FinalRun = {
    var run = FinalRun(stage: .test, trial: 1, repetition: 2, fingerprint: "a1-x")
    run.state = .completed
    run.metrics = [MetricName.testAccuracy: 0.97]
    return run
  }()

  static let supernet: SupernetRun = {
    var run = SupernetRun(round: 1)
    run.state = .completed
    run.attempt = 2
    run.metrics = ["alpha_entropy": 0.1 + 0.2]
    run.measured = ["child_seconds_per_sample": 1e-5]
    run.curve = [Domain.Measurement(epoch: 1, metrics: ["train_loss": nil], seconds: 0.5)]
    run.strengths = ["normal/0-2": [0.25, 0.75]]
    run.candidates = [
      ScoredCandidate(
        genotype: Genotype([1, nil]), purposes: [.derived, .probe],
        metrics: [MetricName.searchAccuracy: 0.5])
    ]
    run.warnings = ["skips win"]
    return run
  }()

  static let dataset: Dataset = {
    var dataset = Sample.dataset("mine")
    dataset.state = .sealed
    dataset.files = [DatasetFile(part: "train", sizeBytes: 12, sha256: Sample.digest("f"))]
    dataset.content = Sample.content
    return dataset
  }()
}
