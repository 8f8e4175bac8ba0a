package import Domain
package import FoundationEssentials

/// The life of one running job as a pure value: events in, effects out.
///
/// Every event changes what is known; `advance` then derives what follows from it, so a machine made
/// from stored rows goes on exactly as the one that was lost would have.
package struct JobMachine: Sendable {
  /// When an event happened.
  package struct Moment: Sendable {
    package let date: Date
    /// Monotonic seconds from any origin.
    package let seconds: Double

    package init(date: Date, seconds: Double) {
      self.date = date
      self.seconds = seconds
    }
  }

  /// What the machine is bent on.
  enum Intent: Sendable {
    case idle, run, pause, cancel, suspend
  }

  /// An order that was given out and has not ended.
  struct Flight: Sendable {
    let attempt: Int
    var isDropped = false
  }

  /// Own faults of a worker on one trial after which the trial is failed.
  static let largestTraps = 3
  /// Longest time between two saves of the spent seconds.
  static let saveInterval = 5.0

  package internal(set) var job: Job
  package internal(set) var isOver = false
  /// The counters that are saved beside the strategy's own bytes.
  var record: SearchRecord
  var search: SearchPhase
  /// True for a search whose candidates are scored by shared weights.
  let sharesWeights: Bool
  var supernets: SupernetPhase
  var final: FinalPhase?
  var board: Leaderboard
  /// Observed trials off the board whose weights an outstanding trial may still inherit.
  var evicted: [Int: Trial] = [:]
  /// Observed trials by number, as far as a later one may repeat them or be judged by them.
  var history: [Int: Trial] = [:]
  /// Which trial an observed repeat has its result from.
  var copies: [Int: Int] = [:]
  /// The first trial of every network trained or to be trained.
  var known: [RepeatKey: Int] = [:]
  /// Whether a network that was measured is not measured again.
  package var reusesResults = true
  /// Set before the job begins, where it has a pruner.
  var pruning: Pruning?
  /// The best random trial: the control's, retrained beside the finalists.
  var controlBest: Trial?
  var tally = FailureTally()
  let time: TimeBudget
  var intent = Intent.idle
  var isTimeUp = false
  var inFlight: [OrderKey: Flight] = [:]
  var resting: Set<OrderKey> = []
  var traps: [OrderKey: Int] = [:]
  var losses: [OrderKey: Int] = [:]
  let slots: Int
  var ledger = Ledger()
  var effects: [Effect] = []
  var discarded: [String] = []
  var forgetsCheckpoints = false
  var now = Moment(date: .distantPast, seconds: 0)
  private var lastSave: Double?

  /// A machine for a job as the store has it.
  ///
  /// - Parameters:
  ///   - trials: all stored trials, by number.
  ///   - supernets: how many supernets the strategy wants trained before its first proposal.
  ///   - strategyState: as it was last saved by a machine.
  ///   - slots: how many orders may run at once.
  /// - Throws: `DecodingError` when the strategy state is not one that a machine saved.
  package init(
    job: Job, trials: [Trial], finalRuns: [FinalRun], supernetRuns: [SupernetRun] = [],
    strategyState: [UInt8]?, slots: Int, supernets: Int = 0
  ) throws {
    self.job = job
    record = try strategyState.map { try SearchRecord.split($0).record } ?? SearchRecord()
    self.slots = max(1, slots)
    let request = job.request
    search = SearchPhase(request: request, record: record, trials: trials)
    sharesWeights = supernets > 0
    self.supernets = SupernetPhase(
      rounds: request.warmStart == nil ? supernets : 1, told: record.rounds ?? 0,
      runs: supernetRuns)
    search.given = self.supernets.starts
    board = Leaderboard(
      capacity: request.final.top, objectives: request.objectives, sharesWeights: sharesWeights)
    time = TimeBudget(request: request, slots: slots)
    for trial in trials where trial.number <= record.observed {
      for loser in board.insert(trial) where loser.weights != nil { evicted[loser.number] = loser }
      remember(trial)
    }
    for trial in trials where trial.isOriginal && known[repeatKey(of: trial)] == nil {
      known[repeatKey(of: trial)] = trial.number
    }
    self.job.repeatedTrials = search.repeats
    for number in search.waiting { interrupt(number) }
    self.job.trialCounts = Dictionary(grouping: trials, by: \.state).mapValues(\.count)
    if let running = self.job.trialCounts.removeValue(forKey: .running) {
      self.job.trialCounts[.pending, default: 0] += running
    }
    guard job.phase == .finalTraining || job.phase == .fidelity, let plan = job.finalPlan else {
      return
    }
    var phase = FinalPhase(plan: plan, trials: trials, runs: finalRuns)
    for var run in finalRuns where run.state == .running {
      run.state = .pending
      phase.update(run)
    }
    final = phase
  }

  /// A trial that was running when the service went away runs again, as a further attempt.
  private mutating func interrupt(_ number: Int) {
    guard var trial = search.outstanding[number], trial.state == .running else { return }
    trial.state = .pending
    search.update(trial)
  }

  /// Takes one event in.
  package mutating func handle(_ event: Event, at moment: Moment) -> [Effect] {
    guard !isOver else { return [] }
    if intent != .idle { job.spentSeconds += max(0, moment.seconds - now.seconds) }
    now = moment
    switch event {
    case .begin: begin()
    case .consulted(let consultation): take(consultation)
    case .broken(let reason): conclude(.failed, .error, reason)
    case .measured(let key, let measurement): take(measurement, of: key)
    case .ended(let key, let outcome): take(outcome, of: key)
    case .rested(let key): resting.remove(key)
    case .tick: break
    case .command(let command): obey(command)
    case .suspend:
      intent = .suspend
      dropAll()
    }
    if !isOver { advance() }
    return collect(isTick: event.isTick)
  }

  private mutating func begin() {
    intent = .run
    if job.started == nil { job.started = now.date }
    switch job.state {
    case .pausing: intent = .pause
    case .cancelling: intent = .cancel
    case .running: log("info", "taken up again after a restart")
    default:
      job.state = .running
      if job.phase == nil { job.phase = .searching }
      logState()
    }
  }

  /// Derives what follows from all that is known now.
  private mutating func advance() {
    guard intent != .idle else { return }
    if let limit = timeLimit, job.spentSeconds >= limit * grace { isTimeUp = true }
    if intent != .suspend {
      if final == nil { advanceSearch() }
      if final != nil, !isOver { advanceFinal() }
    }
    if !isOver { settle() }
    if !isOver, intent == .run { dispatch() }
  }

  /// Holds or ends the job once nothing is in flight.
  private mutating func settle() {
    guard inFlight.isEmpty, intent != .run else { return }
    if intent == .suspend { return leave() }
    guard
      final != nil
        || (!search.isConsulting && search.nextFinished == nil && !supernets.isTelling)
    else { return }
    if intent == .cancel { return conclude(.cancelled, .user, nil) }
    job.state = .paused
    logState()
    leave()
  }

  private mutating func leave() {
    ledger.demandSave()
    isOver = true
  }

  /// Gives out work, lowest trial first, while slots are free.
  private mutating func dispatch() {
    while inFlight.count < slots, let key = nextPending { start(key) }
  }

  private var nextPending: OrderKey? {
    if let final { return final.waiting.first { !isHeld($0.key) }?.key }
    guard supernets.isTold else {
      guard !isTimeUp else { return nil }
      return supernets.pending.lazy.map { OrderKey(.supernet, $0.round) }.first { !isHeld($0) }
    }
    guard !search.isClosing, !isTimeUp else { return nil }
    return search.waiting.lazy.map { OrderKey(.trial, $0) }.first { key in
      guard let trial = search.outstanding[key.number], trial.cachedFrom == nil else {
        return false
      }
      return trial.state == .pending && !isHeld(key)
    }
  }

  private func isHeld(_ key: OrderKey) -> Bool { inFlight[key] != nil || resting.contains(key) }

  /// Ends all orders in flight without scoring them.
  mutating func dropAll() {
    for key in inFlight.keys.sorted(by: { $0.number < $1.number }) { drop(key) }
  }

  /// Ends one order in flight without scoring it.
  mutating func drop(_ key: OrderKey) {
    guard var flight = inFlight[key], !flight.isDropped else { return }
    flight.isDropped = true
    inFlight[key] = flight
    effects.append(.drop(key, attempt: flight.attempt))
  }

  /// Ends the job for good.
  mutating func conclude(_ state: Job.State, _ reason: Job.StopReason?, _ failure: String?) {
    dropAll()
    cutSupernets(.cancelled, nil)
    cutSearch()
    cutFinal()
    job.state = state
    job.stopReason = reason ?? job.stopReason
    job.failure = failure
    job.finished = now.date
    logState()
    isOver = true
  }

  private mutating func collect(isTick: Bool) -> [Effect] {
    var collected = effects
    effects = []
    let isStale = now.seconds - (lastSave ?? now.seconds) >= JobMachine.saveInterval
    if lastSave == nil { lastSave = now.seconds }
    if isOver || ledger.isUrgent || (isTick && (!ledger.isEmpty || isStale)) {
      job.version += 1
      lastSave = now.seconds
      let change = ledger.change(of: job)
      collected.append(
        job.state.isFinal
          ? .conclude(change, weightsChain: record.weightsChain) : .save(change))
    }
    if !discarded.isEmpty {
      collected.append(.discard(discarded))
      discarded = []
    }
    if forgetsCheckpoints {
      collected.append(.forgetCheckpoints)
      forgetsCheckpoints = false
    }
    if isOver { collected.append(.leave) }
    return collected
  }
}
