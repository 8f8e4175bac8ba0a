internal import Domain

/// What comes before the first proposal: train every supernet, then tell; or score a warm start's draws.
extension JobMachine {
  /// Goes from training to telling to the first proposal.
  mutating func advanceSupernets() {
    guard !supernets.isTelling, intent != .cancel else { return }
    for run in supernets.layOut() { ledger.note(run) }
    if let limit = timeLimit, job.spentSeconds >= limit {
      // Untrained weights would score at random.
      for run in supernets.pending where run.attempt == 0 {
        finishSupernet(run.round, .failed, nil, failure: "no seconds were left to begin it")
      }
    }
    if isTimeUp { cutSupernets(.failed, "it did not end in its share of the job's seconds") }
    guard supernets.isSettled else { return }
    let completed = supernets.completed
    guard sharesWeights else { return beginWarm() }
    guard !completed.isEmpty else {
      let cause = supernets.all.compactMap(\.failure).first.map { ": \($0)" } ?? ""
      return conclude(.failed, .error, "no supernet could be trained" + cause)
    }
    supernets.tell()
    effects.append(.tell(completed.map(\.observable)))
  }

  /// Goes on to the search with what the warm start found; without, where it found nothing.
  private mutating func beginWarm() {
    search.given = supernets.starts
    if search.given.isEmpty {
      let cause = supernets.all.compactMap(\.failure).first.map { ": \($0)" } ?? ""
      log("warning", "the search begins without its warm start, which found nothing" + cause)
    } else {
      log("info", "the search begins with the \(search.given.count) best draws")
    }
    supernets.told()
    isTimeUp = false
    record.rounds = supernets.rounds
    advanceSearch()
  }

  /// Gives a round out as its next attempt.
  mutating func startSupernet(_ key: OrderKey, left: Double?) {
    guard var run = supernets.runs[key.number] else { return }
    // Rounds that find no slot at once need time of their own.
    let open = supernets.all.count { !$0.state.isFinished }
    let waves = max(1, (open + slots - 1) / slots)
    run.attempt += 1
    run.state = .running
    note(run)
    if let start = job.request.warmStart {
      log("info", "scoring \(start.draws) uniform draws by \(start.proxy) for a warm start")
    } else {
      ledger.log(
        "supernet.started",
        ["round": .number(Double(run.round)), "attempt": .number(Double(run.attempt))])
    }
    self.run(
      key, attempt: run.attempt, genotype: Genotype([]), samples: job.request.trial.samplesSeen,
      hurdles: [], parent: nil, left: left.map { $0 / Double(waves) }, keepsWeights: false)
  }

  /// Appends an epoch to a round's curve; it is saved with the next batch.
  mutating func take(_ measurement: Measurement, ofSupernet round: Int) {
    guard sharesWeights, var run = supernets.runs[round] else { return }
    // An attempt goes on from a checkpoint that may be older than what was heard of the last one.
    run.curve.removeAll { $0.epoch >= measurement.epoch }
    run.curve.append(measurement)
    supernets.update(run)
    ledger.note(run, urgent: false)
    ledger.log(
      "supernet.epoch",
      [
        "round": .number(Double(round)), "epoch": .number(Double(measurement.epoch)),
        "metrics": .object(JobMachine.payload(measurement.metrics)),
      ], urgent: false)
  }

  /// Ends a round.
  mutating func finishSupernet(
    _ round: Int, _ state: Trial.State, _ evaluation: Evaluation?, failure: String?
  ) {
    guard var run = supernets.runs[round] else { return }
    run.state = state
    run.failure = failure
    // What was heard of a broken attempt depends on when it broke; the log has it.
    run.curve = []
    if let evaluation {
      run.metrics = evaluation.metrics
      run.measured = evaluation.measured
      run.curve = evaluation.curve
      run.strengths = evaluation.derivation?.strengths ?? [:]
      run.candidates = evaluation.derivation?.candidates ?? []
      run.warnings = evaluation.derivation?.warnings ?? []
    }
    note(run)
    guard sharesWeights else { return }
    for warning in run.warnings {
      ledger.log(
        "supernet.warning",
        [
          "round": .number(Double(round)), "level": "warning", "message": .string(warning),
        ])
    }
    ledger.log(
      "supernet.finished",
      [
        "round": .number(Double(round)), "state": .string(state.rawValue),
        "candidates": .number(Double(run.candidates.count)),
        "failure": failure.map(JSONValue.string),
      ])
  }

  /// Makes an interrupted round pending again; it goes on from its checkpoint.
  mutating func putSupernetBack(_ round: Int) {
    guard var run = supernets.runs[round], !run.state.isFinished else { return }
    run.state = .pending
    note(run)
  }

  /// Drops the rounds in flight: each has a checkpoint, so nothing is gained by waiting for its end.
  mutating func dropSupernets() {
    let keys = inFlight.keys.filter { $0.role == .supernet }
    for key in keys.sorted(by: { $0.number < $1.number }) { drop(key) }
  }

  /// Ends the rounds that did not finish.
  mutating func cutSupernets(_ state: Trial.State, _ reason: String?) {
    for var run in supernets.all where !run.state.isFinished {
      drop(OrderKey(.supernet, run.round))
      resting.remove(OrderKey(.supernet, run.round))
      run.state = state
      run.failure = reason
      note(run)
    }
  }

  /// Takes in that the strategy was told.
  mutating func takeTold(_ consultation: Consultation) {
    supernets.told()
    // The time is the search's again; candidates that are scored take none.
    isTimeUp = false
    record.rounds = supernets.rounds
    forgetsCheckpoints = true
    keep(consultation.strategyState)
  }

  private mutating func note(_ run: SupernetRun) {
    supernets.update(run)
    ledger.note(run)
  }
}
