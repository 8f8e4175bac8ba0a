import Domain
import Foundation
import Store
import Testing

/// What every store promises of lists.
@Suite struct CheckStorePages {
  /// Walks all pages of a list.
  private func walk<Row>(
    _ page: (String?) async throws -> Page<Row>
  ) async throws -> [[Row]] {
    var pages: [[Row]] = []
    var token: String?
    repeat {
      let next = try await page(token)
      pages.append(next.rows)
      token = next.nextToken
    } while token != nil && pages.count < 100
    return pages
  }

  @Test(arguments: StoreKind.allCases, JobQuery.Order.allCases)
  func `pages of jobs join to the whole list, equal times broken by id`(
    _ kind: StoreKind, _ order: JobQuery.Order
  ) async throws {
    let (store, hold) = try kind.open()
    for number in 0..<10 {
      let job = Sample.job("job_\(number)", created: Double(number / 3) / 1000)
      try await store.create(job, reply: nil)
    }
    var query = JobQuery()
    query.order = order
    query.pageSize = 4
    let pages = try await walk { token in
      query.pageToken = token
      return try await store.jobs(query)
    }
    let ids = (0..<10).map { "job_\($0)" }
    #expect(pages.map(\.count) == [4, 4, 2])
    #expect(pages.joined().map(\.id) == (order == .created ? ids : ids.reversed()))
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `a page is not moved by jobs made meanwhile`(_ kind: StoreKind) async throws {
    let (store, hold) = try kind.open()
    for number in 0..<4 {
      try await store.create(Sample.job("job_\(number)", created: Double(number)), reply: nil)
    }
    var query = JobQuery()
    query.pageSize = 2
    let first = try await store.jobs(query)
    try await store.create(Sample.job("job_9", created: 9), reply: nil)
    query.pageToken = first.nextToken
    let second = try await store.jobs(query)
    #expect((first.rows + second.rows).map(\.id) == ["job_3", "job_2", "job_1", "job_0"])
    #expect(second.nextToken == nil)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `jobs are filtered by state, strategy, data set, label and time`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    for number in 0..<4 {
      var request = Sample.request(dataset: number == 1 ? "iris" : "digits")
      request.labels = number == 2 ? [] : ["n\(number)", "all"]
      if number == 3 { request.strategy = ComponentChoice("regularized-evolution") }
      let job = Job(
        id: "job_\(number)", request: request, datasetDigest: "", state: .queued,
        created: Sample.date + Double(number))
      try await store.create(job, reply: nil)
      if number < 2 {
        var ended = job
        ended.state = number == 0 ? .succeeded : .failed
        try await store.save(JobChange(job: ended))
      }
    }
    func ids(_ change: (inout JobQuery) -> Void) async throws -> [String] {
      var query = JobQuery()
      change(&query)
      return try await store.jobs(query).rows.map(\.id)
    }
    #expect(try await ids { $0.states = [.queued] } == ["job_3", "job_2"])
    #expect(try await ids { $0.states = [.failed, .succeeded] } == ["job_1", "job_0"])
    #expect(try await ids { $0.strategy = "random" } == ["job_2", "job_1", "job_0"])
    #expect(try await ids { $0.dataset = "iris" } == ["job_1"])
    #expect(try await ids { $0.label = "all" } == ["job_3", "job_1", "job_0"])
    #expect(try await ids { $0.label = "al" }.isEmpty)
    #expect(try await ids { $0.createdAfter = Sample.date + 1 } == ["job_3", "job_2"])
    #expect(
      try await ids {
        $0.states = [.queued, .failed]
        $0.label = "all"
        $0.order = .created
      } == ["job_1", "job_3"])
    var relabelled = try #require(try await store.job("job_2")).request
    relabelled.labels = ["late"]
    let changed = Job(
      id: "job_2", request: relabelled, datasetDigest: "", state: .queued,
      created: Sample.date + 2)
    try await store.save(JobChange(job: changed))
    #expect(try await ids { $0.label = "late" } == ["job_2"])
    withExtendedLifetime(hold) {}
  }

  @Test(
    arguments: StoreKind.allCases,
    [
      (TrialQuery.Order.number, [1, 2, 3, 4, 5, 6, 7, 8]),
      (.numberDescending, [8, 7, 6, 5, 4, 3, 2, 1]),
      (.accuracyDescending, [3, 6, 1, 2, 4, 5, 7, 8]),
      (.parameters, [2, 6, 1, 3, 4, 5, 7, 8]),
      (.macs, [6, 3, 1, 2, 4, 5, 7, 8]),
    ])
  func `trials are ordered, unknown numbers last, ties by number, over pages of any size`(
    _ kind: StoreKind, _ expected: (order: TrialQuery.Order, numbers: [Int])
  ) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    var stopped = Sample.completed(7, accuracy: 0.99)
    stopped.state = .stoppedEarly
    var diverged = Sample.trial(8)
    diverged.state = .diverged
    diverged.metrics = [MetricName.macs: .nan]
    let trials = [
      Sample.completed(1, accuracy: 0.5, parameters: 20, macs: 300),
      Sample.completed(2, accuracy: 0.5, parameters: 0, macs: 300),
      Sample.completed(3, accuracy: 0.9, parameters: 20, macs: 3),
      Sample.trial(4), Sample.trial(5),
      Sample.completed(6, accuracy: 0.8, parameters: 5, macs: 1), stopped, diverged,
    ]
    try await store.save(JobChange(job: Sample.job(), trials: trials))
    for size in [1, 3, 8, 50] {
      var query = TrialQuery()
      query.order = expected.order
      query.pageSize = size
      let pages = try await walk { token in
        query.pageToken = token
        return try await store.trials(of: "job_a", query)
      }
      #expect(pages.joined().map(\.number) == expected.numbers, "pages of \(size)")
      #expect(pages.count == (8 + size - 1) / size)
    }
    var query = TrialQuery()
    query.order = expected.order
    query.states = [.completed]
    query.pageSize = 2
    let completed = try await walk { token in
      query.pageToken = token
      return try await store.trials(of: "job_a", query)
    }
    let known = Set([1, 2, 3, 6])
    #expect(completed.joined().map(\.number) == expected.numbers.filter(known.contains))
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `a token of another list, order or maker is refused`(_ kind: StoreKind) async throws {
    let (store, hold) = try kind.open()
    for id in ["job_a", "job_b"] {
      try await store.create(Sample.job(id), reply: nil)
      try await store.create(Sample.dataset("set\(id)"), reply: nil)
      try await store.save(
        JobChange(job: Sample.job(id), trials: [Sample.trial(1), Sample.trial(2)]))
    }
    var jobs = JobQuery()
    jobs.pageSize = 1
    var trials = TrialQuery()
    trials.pageSize = 1
    let jobToken = try #require(try await store.jobs(jobs).nextToken)
    let trialToken = try #require(try await store.trials(of: "job_a", trials).nextToken)
    let setToken = try #require(try await store.datasets(pageSize: 1, pageToken: nil).nextToken)
    let forged = Data("trials job_a number\n0\nx".utf8).base64EncodedString()
    for token in [jobToken, trialToken, setToken] {
      #expect(token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
    }
    for bad in ["", "x", "!!", "\u{0}\u{1F600}", jobToken + "A", trialToken, setToken, forged] {
      jobs.pageToken = bad
      let error = await failure { [jobs] in _ = try await store.jobs(jobs) }
      #expect(error?.code == .invalidRequest, "\(bad)")
    }
    for bad in ["x", jobToken, setToken, forged] {
      trials.pageToken = bad
      let error = await failure { [trials] in _ = try await store.trials(of: "job_a", trials) }
      #expect(error?.code == .invalidRequest, "\(bad)")
      guard bad != setToken else { continue }
      let sets = await failure { _ = try await store.datasets(pageSize: 1, pageToken: bad) }
      #expect(sets?.code == .invalidRequest, "\(bad)")
    }
    trials.pageToken = trialToken
    let other = await failure { [trials] in _ = try await store.trials(of: "job_b", trials) }
    #expect(other?.code == .invalidRequest)
    trials.order = .macs
    let order = await failure { [trials] in _ = try await store.trials(of: "job_a", trials) }
    #expect(order?.code == .invalidRequest)
    jobs.order = .created
    jobs.pageToken = jobToken
    let turned = await failure { [jobs] in _ = try await store.jobs(jobs) }
    #expect(turned?.code == .invalidRequest)
    withExtendedLifetime(hold) {}
  }
}
