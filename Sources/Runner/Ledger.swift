internal import Domain

/// What changed since the last save: collected while an event is handled, then saved at once.
struct Ledger: Sendable {
  private var trials: [Int: Trial] = [:]
  private var finalRuns: [OrderKey: FinalRun] = [:]
  private var supernetRuns: [Int: SupernetRun] = [:]
  private var strategyState: [UInt8]?
  private var events: [(kind: String, payload: JSONValue)] = []
  /// True once something was noted that must not be lost.
  private(set) var isUrgent = false

  /// True when nothing is waiting to be saved.
  var isEmpty: Bool { !isUrgent && events.isEmpty }

  mutating func note(_ trial: Trial) {
    trials[trial.number] = trial
    isUrgent = true
  }

  mutating func note(_ run: FinalRun) {
    finalRuns[run.key] = run
    isUrgent = true
  }

  /// Notes a supernet; one that only got an epoch further may wait for the next save.
  mutating func note(_ run: SupernetRun, urgent: Bool = true) {
    supernetRuns[run.round] = run
    if urgent { isUrgent = true }
  }

  mutating func note(strategyState bytes: [UInt8]) {
    strategyState = bytes
    isUrgent = true
  }

  /// Appends an event; one that only tells of progress may wait for the next save.
  mutating func log(_ kind: String, _ payload: [String: JSONValue?], urgent: Bool = true) {
    events.append((kind, .object(payload.compactMapValues(\.self))))
    if urgent { isUrgent = true }
  }

  mutating func demandSave() { isUrgent = true }

  /// Empties the ledger into one transaction.
  mutating func change(of job: Job) -> JobChange {
    defer { self = Ledger() }
    return JobChange(
      job: job,
      trials: trials.keys.sorted().compactMap { trials[$0] },
      finalRuns: finalRuns.values.sorted { $0.order < $1.order },
      supernetRuns: supernetRuns.keys.sorted().compactMap { supernetRuns[$0] },
      strategyState: strategyState, events: events)
  }
}

extension FinalRun {
  /// Selection before test, then trial, then repetition.
  fileprivate var order: (Int, Int, Int) { (stage == .selection ? 0 : 1, trial, repetition) }
}
