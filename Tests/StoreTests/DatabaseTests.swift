import Domain
import Foundation
import Store
import Testing

/// What the file promises beyond the store's calls.
@Suite struct DatabaseTests {
  /// Saves one more trial with its count and event, as a runner does.
  private func step(_ store: SQLiteJobStore, _ number: Int) async throws {
    var job = Sample.job(state: .running)
    job.trialCounts = [.completed: number]
    job.version = number + 1
    try await store.save(
      JobChange(
        job: job, trials: [Sample.completed(number, accuracy: 0.5)],
        strategyState: Array("\(number)".utf8), events: [("trial.finished", ["trial": 1])]))
  }

  /// Checks that all tables tell of the same number of steps, and gives it.
  private func steps(_ store: SQLiteJobStore) async throws -> Int {
    let job = try #require(try await store.job("job_a"))
    let count = job.trialCounts[.completed] ?? 0
    #expect(try await store.allTrials(of: "job_a").map(\.number) == Array(1..<(count + 1)))
    let events = try await store.events(of: "job_a", after: 0, limit: 10_000)
    #expect(events.map(\.sequence) == Array(1...(count + 1)))
    let state = try await store.strategyState(of: "job_a")
    #expect(state == (count == 0 ? nil : Array("\(count)".utf8)))
    return count
  }

  @Test func `closing and opening again keeps everything`() async throws {
    let folder = try Folder()
    let clock = Clock()
    var database = try Database(path: folder.database)
    var store = SQLiteJobStore(database, clock: { clock.now })
    var dataset = Sample.dataset("mine")
    dataset.content = Sample.content
    try await store.create(dataset, reply: nil)
    try await store.create(Sample.job(), reply: Sample.reply("k"))
    let trial = Sample.completed(1, accuracy: 0.1 + 0.2, weights: Sample.digest("w"))
    let events = try await store.save(
      JobChange(
        job: Sample.fullJob(), trials: [trial], strategyState: [1], events: [("log", 0.1)]))
    try database.close()
    let log = FileManager.default.contents(atPath: folder.database + "-wal")
    #expect((log ?? Data()).isEmpty, "the log is folded into the file")

    database = try Database(path: folder.database)
    store = SQLiteJobStore(database, clock: { clock.now })
    #expect(try await store.job("job_a") == Sample.fullJob())
    #expect(try await store.trial(1, of: "job_a") == trial)
    #expect(try await store.events(of: "job_a", after: 1, limit: 5) == events)
    #expect(try await store.strategyState(of: "job_a") == [1])
    #expect(try await store.dataset("mine") == dataset)
    #expect(try await store.reply(for: "k") == Sample.reply("k"))
    try database.close()

    clock.advance(by: 24 * 3600)
    database = try Database(path: folder.database)
    _ = SQLiteJobStore(database, clock: { clock.now })
    try database.close()
    #expect(try folder.ask("SELECT count(*) FROM idempotent_replies") == ["0"])
  }

  @Test func `the file runs as the house wants it`() async throws {
    let folder = try Folder()
    let database = try Database(path: folder.database)
    let store = SQLiteJobStore(database)
    #expect(try folder.ask("PRAGMA journal_mode") == ["wal"])
    try await store.create(Sample.job(), reply: nil)
    try database.close()
    let closed = await failure { _ = try await store.job("job_a") }
    #expect(closed?.code == .storage)
    let unsaved = await failure { try await store.save(JobChange(job: Sample.job())) }
    #expect(unsaved?.code == .storage)
  }

  @Test func `another handle reads whole changes while one writes`() async throws {
    let folder = try Folder()
    let writer = try SQLiteJobStore(Database(path: folder.database))
    let reader = try SQLiteJobStore(Database(path: folder.database))
    try await writer.create(Sample.job(state: .running), reply: nil)
    async let written: Void = {
      for number in 1...100 { try await step(writer, number) }
    }()
    var seen = 0
    while seen < 100 {
      let job = try #require(try await reader.job("job_a"))
      let count = job.trialCounts[.completed] ?? 0
      #expect(count >= seen)
      #expect(job.version == count + 1)
      #expect(try await reader.allTrials(of: "job_a").count >= count)
      seen = count
    }
    try await written
    #expect(try await steps(reader) == 100)
  }

  @Test func `many tasks save at once and no event is lost or doubled`() async throws {
    let folder = try Folder()
    let store = try SQLiteJobStore(Database(path: folder.database))
    try await store.create(Sample.job(), reply: nil)
    try await withThrowingTaskGroup(of: [Int].self) { group in
      for _ in 0..<50 {
        group.addTask {
          try await store.save(
            JobChange(job: Sample.job(), events: [("log", "a"), ("log", "b")])
          ).map(\.sequence)
        }
      }
      var sequences: [Int] = []
      for try await pair in group {
        #expect(pair[1] == pair[0] + 1)
        sequences += pair
      }
      #expect(sequences.sorted() == Array(2...101))
    }
  }

  @Test func `a cancelled task still saves`() async throws {
    let folder = try Folder()
    let store = try SQLiteJobStore(Database(path: folder.database))
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      try await store.create(Sample.job(), reply: nil)
      return try await store.job("job_a")
    }
    task.cancel()
    #expect(try await task.value == Sample.job())
  }

  @Test func `a copy of the files at any moment of a kill holds whole changes only`() async throws {
    let folder = try Folder()
    let database = try Database(path: folder.database)
    let store = SQLiteJobStore(database)
    try await store.create(Sample.job(state: .running), reply: nil)
    for number in 1...12 { try await step(store, number) }
    let main = try Data(contentsOf: URL(fileURLWithPath: folder.database))
    let log = try Data(contentsOf: URL(fileURLWithPath: folder.database + "-wal"))
    #expect(log.count > 12 * 4096)

    let whole = try await reopen(main, log)
    #expect(whole == 12)
    // A writer killed within a write leaves the log cut anywhere, the middle of a page included.
    var generator = SeededGenerator(seed: 3)
    var counts: Set<Int> = []
    for _ in 0..<24 {
      let length = log.count / 2 + Int(generator.next() % UInt64(log.count / 2))
      counts.insert(try await reopen(main, log.prefix(length)))
    }
    #expect(counts.count > 3, "the cuts fell on \(counts.sorted())")
  }

  /// Opens a copy of the files and gives the number of steps it holds.
  private func reopen(_ main: Data, _ log: Data) async throws -> Int {
    let folder = try Folder()
    try main.write(to: URL(fileURLWithPath: folder.database))
    try log.write(to: URL(fileURLWithPath: folder.database + "-wal"))
    let database = try Database(path: folder.database)
    let store = SQLiteJobStore(database)
    let count = try await steps(store)
    try await step(store, count + 1)
    #expect(try await steps(store) == count + 1)
    try database.close()
    return count
  }

  @Test func `a full disk is said plainly and leaves the store readable and usable`() async throws {
    let folder = try Folder()
    let database = try Database(path: folder.database, maximumPages: 80)
    let store = SQLiteJobStore(database)
    try await store.create(Sample.job(state: .running), reply: nil)
    #expect(FileManager.default.fileExists(atPath: folder.database + ".reserve"))
    var saved = 0
    var error: ServiceError?
    while error == nil, saved < 1000 {
      error = await failure { try await step(store, saved + 1) }
      if error == nil { saved += 1 }
    }
    #expect(error?.code == .storage)
    #expect(error?.message.contains("the disk is full") == true)
    #expect(error?.message.contains(folder.database) == true)
    #expect(!FileManager.default.fileExists(atPath: folder.database + ".reserve"))
    #expect(saved > 10)
    #expect(try await steps(store) == saved)
    #expect(try await store.jobs(JobQuery()).rows.count == 1)

    var failed = try #require(try await store.job("job_a"))
    failed.state = .failed
    failed.failure = error?.message
    try await store.save(JobChange(job: failed))
    #expect(try await store.job("job_a") == failed)
    #expect(try await steps(store) == saved)
    try database.close()

    let roomy = try SQLiteJobStore(Database(path: folder.database))
    #expect(FileManager.default.fileExists(atPath: folder.database + ".reserve"))
    #expect(try await steps(roomy) == saved)
    try await step(roomy, saved + 1)
  }

  @Test func `a file that is no database is refused by name`() async throws {
    let folder = try Folder()
    try Data("this is not a database, but long enough to look like one".utf8)
      .write(to: URL(fileURLWithPath: folder.database))
    let refused = await failure { _ = try Database(path: folder.database) }
    #expect(refused?.code == .storage)
    #expect(refused?.message.contains("\(folder.database) is not a SQLite database") == true)
    let missing = await failure { _ = try Database(path: folder.path + "/none/a.sqlite") }
    #expect(missing?.code == .storage)
    #expect(missing?.message.contains("/none/a.sqlite cannot be opened") == true)
  }

  @Test func `a request that JSON cannot hold is refused before anything is stored`() async throws {
    let folder = try Folder()
    let store = try SQLiteJobStore(Database(path: folder.database))
    var request = Sample.request()
    request.budget.maxSeconds = .nan
    let job = Job(
      id: "job_n", request: request, datasetDigest: "", state: .queued, created: Sample.date)
    let refused = await failure { try await store.create(job, reply: Sample.reply("k")) }
    #expect(refused?.code == .storage)
    #expect(refused?.message.contains("job_n") == true)
    #expect(try await store.reply(for: "k") == nil)
  }

  @Test func `five thousand trials page through in every order`() async throws {
    let folder = try Folder()
    let store = try SQLiteJobStore(Database(path: folder.database))
    try await store.create(Sample.job(), reply: nil)
    let trials = (1...5000).map { number in
      Sample.completed(
        number, accuracy: Double(number * 7919 % 5003) / 5003,
        parameters: Double(number * 31 % 997), macs: Double(number % 10))
    }
    try await store.save(JobChange(job: Sample.job(), trials: trials))
    for order in TrialQuery.Order.allCases {
      var query = TrialQuery()
      query.order = order
      query.pageSize = 500
      var numbers: Set<Int> = []
      repeat {
        let page = try await store.trials(of: "job_a", query)
        numbers.formUnion(page.rows.map(\.number))
        query.pageToken = page.nextToken
      } while query.pageToken != nil
      #expect(numbers.count == 5000, "order \(order.rawValue)")
    }
  }
}
