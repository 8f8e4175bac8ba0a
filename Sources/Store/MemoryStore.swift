package import Domain
package import Foundation

/// Jobs, trials, events, replies and data sets in memory: for tests, and for what need not last.
///
/// It keeps every promise of `SQLiteJobStore` but that of lasting; one suite holds both to them.
package actor MemoryStore {
  private let clock: @Sendable () -> Date
  private var jobs: [String: Job] = [:]
  private var trials: [String: [Int: Trial]] = [:]
  private var runs: [String: [FinalRun]] = [:]
  private var supernets: [String: [Int: SupernetRun]] = [:]
  private var states: [String: [UInt8]] = [:]
  private var events: [String: [JobEvent]] = [:]
  private var replies: [String: IdempotentReply] = [:]
  private var datasets: [String: Dataset] = [:]

  /// An empty store.
  package init(clock: @escaping @Sendable () -> Date = { Date() }) {
    self.clock = clock
  }

  private func check(_ reply: IdempotentReply?) throws {
    let now = clock()
    replies = replies.filter { now.timeIntervalSince($0.value.created) < ReplyRow.lifetime }
    guard let reply, let old = replies[reply.key] else { return }
    throw ServiceError.keyTaken(reply, by: old)
  }

  private func keep(_ reply: IdempotentReply?) {
    if let reply { replies[reply.key] = reply }
  }
}

extension MemoryStore: JobStore {
  package func create(_ job: Job, reply: IdempotentReply?) throws {
    guard jobs[job.id] == nil else { throw ServiceError.jobExists(job.id) }
    try check(reply)
    keep(reply)
    jobs[job.id] = job
    let payload: JSONValue = ["state": .string(job.state.rawValue)]
    events[job.id] = [
      JobEvent(job: job.id, sequence: 1, kind: "job.state", at: job.created, payload: payload)
    ]
  }

  @discardableResult
  package func save(_ change: JobChange) throws -> [JobEvent] {
    let job = change.job
    guard jobs[job.id] != nil else { throw ServiceError.noJob(job.id) }
    var changed = trials[job.id] ?? [:]
    for trial in change.trials {
      if let old = changed[trial.number], old.state.isFinished,
        try !FinishedTrial.allows(old, trial, of: job.id)
      {
        throw ServiceError.finished(trial.number, of: job.id, old.state)
      }
      changed[trial.number] = trial
    }
    jobs[job.id] = job
    trials[job.id] = changed
    for run in change.finalRuns { replace(run, of: job.id) }
    for run in change.supernetRuns { supernets[job.id, default: [:]][run.round] = run }
    if let state = change.strategyState { states[job.id] = state }
    let now = clock()
    let last = events[job.id]?.count ?? 0
    let added = change.events.enumerated().map { index, event in
      JobEvent(
        job: job.id, sequence: last + index + 1, kind: event.kind, at: now,
        payload: event.payload.storable)
    }
    events[job.id, default: []] += added
    return added
  }

  private func replace(_ run: FinalRun, of job: String) {
    var all = runs[job] ?? []
    all.removeAll {
      $0.stage == run.stage && $0.trial == run.trial && $0.repetition == run.repetition
    }
    all.append(run)
    runs[job] = all.sorted {
      ($0.stage.rawValue, $0.trial, $0.repetition) < ($1.stage.rawValue, $1.trial, $1.repetition)
    }
  }

  package func delete(job id: String) throws -> [String] {
    guard jobs[id] != nil else { throw ServiceError.noJob(id) }
    let before = weightsInUse()
    jobs[id] = nil
    trials[id] = nil
    runs[id] = nil
    supernets[id] = nil
    states[id] = nil
    events[id] = nil
    return before.subtracting(weightsInUse()).sorted()
  }

  package func job(_ id: String) -> Job? { jobs[id] }

  package func jobs(_ query: JobQuery) throws -> Page<Job> {
    let token = try query.pageToken.map { try PageToken($0, for: query.list) }
    let isDescending = query.order == .createdDescending
    let rows = jobs.values.filter { job in
      let place = MemoryStore.place(job)
      return (query.states.isEmpty || query.states.contains(job.state))
        && (query.strategy == nil || query.strategy == job.request.strategy.name)
        && (query.dataset == nil || query.dataset == job.request.dataset)
        && query.label.map(job.request.labels.contains) ?? true
        && query.createdAfter.map { job.created > $0 } ?? true
        && token.map { isDescending ? place < ($0.key, $0.tie) : place > ($0.key, $0.tie) } ?? true
    }.sorted {
      let isBefore = MemoryStore.place($0) < MemoryStore.place($1)
      return isDescending ? !isBefore : isBefore
    }
    let size = max(1, query.pageSize)
    return Page(Array(rows.prefix(size + 1)), size: size, list: query.list) { job in
      PageToken(key: job.created.timeIntervalSinceReferenceDate, tie: job.id)
    }
  }

  private static func place(_ job: Job) -> (Double, String) {
    (job.created.timeIntervalSinceReferenceDate, job.id)
  }

  package func unfinishedJobs() -> [Job] {
    jobs.values.filter { !$0.state.isFinal }
      .sorted { MemoryStore.place($0) < MemoryStore.place($1) }
  }

  package func trial(_ number: Int, of job: String) -> Trial? { trials[job]?[number] }

  package func trials(of job: String, _ query: TrialQuery) throws -> Page<Trial> {
    let list = query.list(of: job)
    let isDescending = query.order == .numberDescending
    // Every order is ascending in (key, number); a descending number is its negative.
    func place(_ trial: Trial) -> (Double, Int) {
      (query.key(trial), isDescending ? -trial.number : trial.number)
    }
    let start = try query.pageToken.map { text in
      let token = try PageToken(text, for: list)
      guard let number = Int(token.tie) else { throw PageToken.foreign(text) }
      return (token.key, isDescending ? -number : number)
    }
    let rows = (trials[job] ?? [:]).values
      .filter { query.states.isEmpty || query.states.contains($0.state) }
      .filter { trial in start.map { place(trial) > $0 } ?? true }
      .sorted { place($0) < place($1) }
    let size = max(1, query.pageSize)
    return Page(Array(rows.prefix(size + 1)), size: size, list: list) { trial in
      PageToken(key: query.key(trial), tie: String(trial.number))
    }
  }

  package func allTrials(of job: String) -> [Trial] {
    (trials[job] ?? [:]).values.sorted { $0.number < $1.number }
  }

  package func finalRuns(of job: String) -> [FinalRun] { runs[job] ?? [] }

  package func supernetRuns(of job: String) -> [SupernetRun] {
    (supernets[job] ?? [:]).values.sorted { $0.round < $1.round }
  }

  package func strategyState(of job: String) -> [UInt8]? { states[job] }

  package func events(of job: String, after: Int, limit: Int) -> [JobEvent] {
    Array((events[job] ?? []).dropFirst(max(0, after)).prefix(max(0, limit)))
  }

  package func architecture(_ id: String) -> ArchitectureRecord? {
    for job in trials.keys.sorted() {
      let matches = allTrials(of: job).filter { trial in
        trial.fingerprint.map { Identifier.architecture(job: job, fingerprint: $0) } == id
      }
      guard let first = matches.first, let fingerprint = first.fingerprint else { continue }
      return ArchitectureRecord(
        id: id, job: job, fingerprint: fingerprint, genotype: first.candidate.genotype,
        trials: matches.map(\.number))
    }
    return nil
  }

  package func weightsInUse() -> Set<String> {
    let kept = trials.values.flatMap { $0.values.compactMap(\.weights) }
    return Set(kept + runs.values.flatMap { $0.compactMap(\.weights) })
  }

  package func reply(for key: String) -> IdempotentReply? {
    guard let reply = replies[key],
      clock().timeIntervalSince(reply.created) < ReplyRow.lifetime
    else { return nil }
    return reply
  }
}

extension MemoryStore: DatasetStore {
  package func create(_ dataset: Dataset, reply: IdempotentReply?) throws {
    let taken = datasets.values.first { $0.name == dataset.name || $0.id == dataset.id }
    if let taken { throw ServiceError.datasetExists(taken.name) }
    try check(reply)
    keep(reply)
    datasets[dataset.id] = dataset
  }

  package func update(_ dataset: Dataset) throws {
    guard datasets[dataset.id] != nil else { throw ServiceError.noDataset(dataset.id) }
    datasets[dataset.id] = dataset
  }

  package func dataset(_ idOrName: String) -> Dataset? {
    datasets[idOrName] ?? datasets.values.first { $0.name == idOrName }
  }

  package func datasets(pageSize: Int, pageToken: String?) throws -> Page<Dataset> {
    let token = try pageToken.map { try PageToken($0, for: "datasets") }
    func place(_ dataset: Dataset) -> (Double, String) {
      (dataset.created.timeIntervalSinceReferenceDate, dataset.id)
    }
    let rows = datasets.values
      .filter { dataset in token.map { place(dataset) > ($0.key, $0.tie) } ?? true }
      .sorted { place($0) < place($1) }
    let size = max(1, pageSize)
    return Page(Array(rows.prefix(size + 1)), size: size, list: "datasets") { dataset in
      PageToken(key: dataset.created.timeIntervalSinceReferenceDate, tie: dataset.id)
    }
  }

  package func delete(dataset id: String) throws {
    guard let dataset = datasets[id] else { throw ServiceError.noDataset(id) }
    let users = jobs.values.filter { $0.request.dataset == dataset.name }
    if let user = users.max(by: { MemoryStore.place($0) < MemoryStore.place($1) }) {
      throw ServiceError.datasetInUse(dataset.name, by: user.id)
    }
    datasets[id] = nil
  }
}
