import Domain
import FoundationEssentials
import Runner

/// Drives a machine by hand: a world of rows, a strategy and orders in flight, in which a seeded
/// generator decides what happens next.
struct MachineDriver {
  /// What survives a crash.
  struct Rows {
    var job: Job
    var trials: [Int: Trial] = [:]
    var runs: [OrderKey: FinalRun] = [:]
    var supernets: [Int: SupernetRun] = [:]
    var state: [UInt8]?
    var events: [(kind: String, payload: JSONValue)] = []
    var discarded: Set<String> = []

    mutating func apply(_ change: JobChange) {
      job = change.job
      for trial in change.trials { trials[trial.number] = trial }
      for run in change.finalRuns {
        let role: WorkOrder.Role = run.stage == .selection ? .selection : .test
        runs[OrderKey(role, run.trial, run.repetition)] = run
      }
      for run in change.supernetRuns { supernets[run.round] = run }
      state = change.strategyState ?? state
      events += change.events
    }

    /// The strategy as it was last saved.
    func strategy() throws -> ToyStrategy {
      guard let state else {
        return Toy.strategy(job.request.strategy.params, seed: UInt64(job.request.seed))
      }
      let start = (state.firstIndex(of: 0x0A) ?? state.startIndex) + 1
      return try JSONDecoder().decode(ToyStrategy.self, from: Data(state[start...]))
    }
  }

  var rows: Rows
  var machine: JobMachine
  var strategy: ToyStrategy
  var random: SeededGenerator
  var slots: Int
  var inFlight: [Assignment] = []
  var dropped: Set<OrderKey> = []
  var resting: [OrderKey] = []
  var question: (observe: Trial?, draw: Draw?)?
  var told: [SupernetRun]?
  /// How often the checkpoints were given up.
  var forgotten = 0
  var seconds = 0.0
  /// Seconds from one answer to the next.
  var pace = 0.1
  var assigned: [Assignment] = []
  var largestInFlight = 0
  /// Whether a network that was measured is not measured again.
  var reusesResults = true
  /// How many of 100 orders are lost.
  var lossRate = 0
  var outcome: @Sendable (Assignment) -> Outcome = {
    Toy.outcome($0.key.role, $0.key.number, $0.key.repetition, $0.genotype)
  }

  init(_ request: JobRequest, slots: Int, seed: UInt64) throws {
    rows = Rows(job: Toy.job(request))
    random = SeededGenerator(seed: seed)
    self.slots = slots
    strategy = try rows.strategy()
    machine = try JobMachine(
      job: rows.job, trials: [], finalRuns: [], strategyState: nil, slots: slots,
      supernets: Toy.catalog.supernets(request.strategy))
  }

  /// Forgets all that is not in the rows and begins again.
  mutating func crash() throws {
    inFlight = []
    dropped = []
    resting = []
    question = nil
    told = nil
    strategy = try rows.strategy()
    machine = try JobMachine(
      job: rows.job, trials: rows.trials.values.sorted { $0.number < $1.number },
      finalRuns: Array(rows.runs.values), supernetRuns: Array(rows.supernets.values),
      strategyState: rows.state, slots: slots,
      supernets: Toy.catalog.supernets(rows.job.request.strategy))
    try send(.begin)
  }

  /// Sends one event and does what follows.
  mutating func send(_ event: JobMachine.Event) throws {
    seconds += 0.01
    machine.reusesResults = reusesResults
    let moment = JobMachine.Moment(
      date: Date(timeIntervalSince1970: 1000 + seconds), seconds: seconds)
    for effect in machine.handle(event, at: moment) {
      switch effect {
      case .run(let assignment):
        inFlight.append(assignment)
        assigned.append(assignment)
        largestInFlight = max(largestInFlight, inFlight.count)
      case .drop(let key, _): dropped.insert(key)
      case .consult(let observe, let draw): question = (observe, draw)
      case .tell(let runs): told = runs
      case .forgetCheckpoints: forgotten += 1
      case .rest(let key, _): resting.append(key)
      case .save(let change): rows.apply(change)
      case .conclude(var change, let chain):
        var ended = rows
        ended.apply(change)
        change.job.digest = try JobDigest.digest(
          of: change.job, trials: Array(ended.trials.values), finalRuns: Array(ended.runs.values),
          supernetRuns: Array(ended.supernets.values), weightsChain: chain)
        rows.apply(change)
      case .discard(let digests): rows.discarded.formUnion(digests)
      case .leave: break
      }
    }
  }

  /// Lets one of the possible things happen; false when nothing can.
  mutating func step() throws -> Bool {
    let choices = inFlight.count + resting.count + (question == nil && told == nil ? 0 : 1)
    guard !machine.isOver, choices > 0 else { return false }
    let choice = random.below(choices)
    if choice < inFlight.count {
      let assignment = inFlight.remove(at: choice)
      seconds += pace
      if dropped.remove(assignment.key) != nil {
        try send(.ended(assignment.key, .cancelled))
      } else if random.below(100) < lossRate {
        try send(.ended(assignment.key, .lost(reason: "ended by signal 9", isTrap: false)))
      } else {
        try send(
          .measured(assignment.key, Measurement(epoch: 1, metrics: [:], seconds: 0.1)))
        try send(.ended(assignment.key, outcome(assignment)))
      }
    } else if choice < inFlight.count + resting.count {
      try send(.rested(resting.remove(at: choice - inFlight.count)))
    } else if let runs = told {
      told = nil
      for run in runs { try strategy.observe(run) }
      try send(
        .consulted(
          Consultation(
            draft: nil, isDry: false, strategyState: Array(try JSONEncoder().encode(strategy)))))
    } else if let (observe, draw) = question {
      question = nil
      try send(.consulted(try answer(observe, draw)))
    }
    return true
  }

  /// Runs to the end; returns how many steps it took.
  @discardableResult
  mutating func run(limit: Int = 100_000) throws -> Int {
    var steps = 0
    while steps < limit, try step() { steps += 1 }
    return steps
  }

  private mutating func answer(_ observe: Trial?, _ draw: Draw?) throws -> Consultation {
    if let observe { try strategy.observe(observe) }
    var candidate: Candidate?
    switch draw {
    case .strategy: candidate = try strategy.propose()
    case .given(let genotype): candidate = Candidate(genotype)
    case .random(let number):
      var generator = SeededGenerator(jobSeed: 7, trial: number, purpose: .control)
      candidate = Candidate(.random(in: ToySpace().points, using: &generator), isRandom: true)
    case nil: break
    }
    let draft = candidate.map { candidate in
      let architecture = try? Toy.architecture(candidate.genotype)
      return Consultation.Draft(
        candidate: candidate, code: "", fingerprint: architecture?.fingerprint,
        parameters: architecture?.parameters, macs: architecture?.macs,
        fault: architecture == nil ? "does not fit" : nil)
    }
    return Consultation(
      draft: draft, isDry: draw != nil && candidate == nil,
      strategyState: Array(try JSONEncoder().encode(strategy)))
  }
}
