internal import Domain

/// Orders given out, what comes back of them, and what is said about it in the job's log.
extension JobMachine {
  /// Gives one piece of work out as its next attempt.
  mutating func start(_ key: OrderKey) {
    let left = timeLimit.map { max(0, $0 - job.spentSeconds) }
    if key.role == .supernet {
      startSupernet(key, left: left)
    } else if key.role == .trial {
      guard var trial = search.outstanding[key.number] else { return }
      trial.attempt += 1
      trial.started = now.date
      set(&trial, .running)
      ledger.log(
        "trial.started",
        ["trial": .number(Double(key.number)), "attempt": .number(Double(trial.attempt))])
      run(
        key, attempt: trial.attempt, genotype: trial.candidate.genotype,
        samples: samples(of: trial), hurdles: hurdles(of: trial), isFiltered: isFiltered(trial),
        parent: trial.candidate.parent.flatMap(keptTrial), left: left)
    } else {
      guard var run = final?.run(key) else { return }
      guard let genotype = final?.genotype(of: key.number) else {
        return finish(key, .failed, nil, failure: "trial \(key.number) has no genotype to retrain")
      }
      run.attempt += 1
      run.state = .running
      final?.update(run)
      ledger.note(run)
      ledger.log("final.started", payload(run))
      self.run(
        key, attempt: run.attempt, genotype: genotype,
        samples: final?.plan.samples(of: run) ?? 1, hurdles: [], parent: nil, left: left,
        keepsWeights: run.stage == .test || final?.plan.isSelection(run) == true)
    }
  }

  /// Puts an order in flight.
  mutating func run(
    _ key: OrderKey, attempt: Int, genotype: Genotype, samples: Int, hurdles: [Hurdle],
    isFiltered: Bool = false, parent: Trial?, left: Double?, keepsWeights: Bool = true
  ) {
    inFlight[key] = Flight(attempt: attempt)
    var schedule = job.request.trial
    schedule.samplesSeen = samples
    effects.append(
      .run(
        Assignment(
          key: key, attempt: attempt, genotype: genotype, schedule: schedule, hurdles: hurdles,
          isFiltered: isFiltered, parentWeights: parent?.weights,
          parentGenotype: parent?.candidate.genotype,
          secondsLeft: left, keepsWeights: keepsWeights)))
  }

  /// Whether the request's filter judges a trial: never a uniform draw, for the control must stay
  /// random, nor what is trained to be measured.
  func isFiltered(_ trial: Trial) -> Bool {
    let candidate = trial.candidate
    return job.request.filter != nil && !candidate.isRandom && !candidate.isProbe
      && !candidate.isReevaluation
  }

  /// What a trial has to reach, by the trials that its proposal could know of.
  private func hurdles(of trial: Trial) -> [Hurdle] {
    guard let pruning else { return [] }
    let last = trial.number - search.parallelism
    let earlier = history.values.filter { $0.number <= last && $0.cachedFrom == nil }
    return pruning.hurdles(
      of: trial.number, earlier: earlier.sorted { $0.number < $1.number })
  }

  /// Logs an epoch; it is saved with the next batch.
  mutating func take(_ measurement: Measurement, of key: OrderKey) {
    guard inFlight[key]?.isDropped == false else { return }
    if key.role == .supernet { return take(measurement, ofSupernet: key.number) }
    guard key.role == .trial else { return }
    ledger.log(
      "trial.epoch",
      [
        "trial": .number(Double(key.number)), "epoch": .number(Double(measurement.epoch)),
        "metrics": .object(JobMachine.payload(measurement.metrics)),
      ], urgent: false)
  }

  /// Numbers as an event tells them: null for one that is not finite.
  static func payload(_ metrics: [String: Double?]) -> [String: JSONValue] {
    metrics.mapValues { value in value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
  }

  /// Takes the end of an order in.
  mutating func take(_ outcome: Outcome, of key: OrderKey) {
    guard let flight = inFlight.removeValue(forKey: key) else { return }
    guard isOpen(key) else {
      // The search was cut while it ran: whatever it made is nobody's.
      if case .completed(let evaluation) = outcome, let weights = evaluation.weights {
        discarded.append(weights)
      }
      return
    }
    switch outcome {
    case .completed(let evaluation): complete(key, evaluation)
    case .stopped(let reason, let evaluation):
      finish(key, .stoppedEarly, evaluation, failure: reason)
    case .infeasible(let reason, let evaluation):
      finish(key, .infeasible, evaluation, failure: reason)
    case .diverged(let reason, let evaluation): finish(key, .diverged, evaluation, failure: reason)
    case .failed(let reason): finish(key, .failed, nil, failure: reason)
    case .storage(let reason):
      conclude(.failed, .error, "what \(key) made could not be stored: \(reason)")
    case .cancelled:
      putBack(key)
      if flight.isDropped || intent == .suspend { return }
      // Its own seconds ran out a moment before the clock here says so.
      let isOutOfTime = time.maxSeconds != nil && key.role != .supernet
      if isOutOfTime { isTimeUp = true } else { repeatLater(key, "was cancelled") }
    case .lost(let reason, let isTrap):
      putBack(key)
      if flight.isDropped || intent == .suspend { return }
      guard isTrap else { return repeatLater(key, reason) }
      traps[key, default: 0] += 1
      guard traps[key, default: 0] >= JobMachine.largestTraps else {
        return repeatLater(key, reason)
      }
      finish(
        key, .failed, nil,
        failure: "its worker broke down \(JobMachine.largestTraps) times: \(reason)")
    }
  }

  private func isOpen(_ key: OrderKey) -> Bool {
    switch key.role {
    case .trial: search.outstanding[key.number] != nil
    case .supernet: supernets.runs[key.number]?.state.isFinished == false
    case .selection, .test: final?.run(key)?.state.isFinished == false
    }
  }

  private mutating func complete(_ key: OrderKey, _ evaluation: Evaluation) {
    if key.role == .supernet {
      let isDerived = evaluation.derivation != nil
      return finish(
        key, isDerived ? .completed : .failed, evaluation,
        failure: isDerived ? nil : "its worker derived no candidates")
    }
    let name =
      switch key.role {
      case .trial, .supernet: MetricName.searchAccuracy
      case .selection: MetricName.validationAccuracy
      case .test: MetricName.testAccuracy
      }
    guard let accuracy = evaluation.metrics[name], accuracy.isFinite else {
      return finish(key, .failed, evaluation, failure: "training measured no \(name)")
    }
    finish(key, .completed, evaluation, failure: nil)
  }

  private mutating func finish(
    _ key: OrderKey, _ state: Trial.State, _ evaluation: Evaluation?, failure: String?
  ) {
    traps[key] = nil
    losses[key] = nil
    if key.role == .supernet {
      finishSupernet(key.number, state, evaluation, failure: failure)
    } else if key.role == .trial {
      guard var trial = search.outstanding[key.number] else { return }
      if let evaluation {
        trial.fingerprint = trial.fingerprint ?? evaluation.fingerprint
        trial.metrics.merge(evaluation.metrics) { $1 }
        trial.measured = evaluation.measured
        trial.curve = evaluation.curve
        trial.weights = evaluation.weights
      }
      finish(&trial, state, failure: failure)
    } else {
      guard var run = final?.run(key) else { return }
      run.state = state
      run.failure = failure
      if let evaluation {
        run.metrics = evaluation.metrics
        run.measured = evaluation.measured
        run.curve = evaluation.curve
        run.weights = evaluation.weights
      }
      final?.update(run)
      ledger.note(run)
      ledger.log("final.finished", payload(run))
    }
  }

  private mutating func finish(_ trial: inout Trial, _ state: Trial.State, failure: String?) {
    trial.failure = failure
    trial.finished = now.date
    set(&trial, state)
  }

  /// Makes an interrupted piece of work pending again; the strategy never hears of it.
  private mutating func putBack(_ key: OrderKey) {
    if key.role == .supernet {
      putSupernetBack(key.number)
    } else if key.role == .trial {
      guard var trial = search.outstanding[key.number] else { return }
      set(&trial, .pending)
    } else if var run = final?.run(key) {
      run.state = .pending
      final?.update(run)
      ledger.note(run)
    }
  }

  /// Repeats after a pause that doubles with every loss, from 0.1 to 30 seconds.
  private mutating func repeatLater(_ key: OrderKey, _ reason: String) {
    let count = losses[key, default: 0]
    losses[key] = count + 1
    resting.insert(key)
    effects.append(.rest(key, seconds: min(30, 0.1 * Double(1 << min(count, 20)))))
    log("warning", "\(key.role.rawValue) \(key.number) is repeated: its attempt \(reason)")
  }

  /// Does what a user asks; whether it makes sense was checked before.
  mutating func obey(_ command: JobCommand) {
    switch command {
    case .pause(let now):
      if job.state != .pausing {
        intent = .pause
        job.state = .pausing
        logState()
      }
      if now { dropAll() } else { dropSupernets() }
    case .resume:
      guard job.state == .pausing else { return }
      intent = .run
      job.state = .running
      logState()
    case .cancel(let now):
      intent = .cancel
      if job.state != .cancelling {
        job.state = .cancelling
        logState()
      }
      if now { dropAll() } else { dropSupernets() }
    }
  }

  mutating func logState() {
    ledger.log(
      "job.state",
      [
        "state": .string(job.state.rawValue), "phase": job.phase.map { .string($0.rawValue) },
        "stop_reason": job.stopReason.map { .string($0.rawValue) },
        "failure": job.failure.map(JSONValue.string),
      ])
  }

  mutating func log(_ level: String, _ message: String) {
    ledger.log("log", ["level": .string(level), "message": .string(message)])
  }

  mutating func logFinished(_ trial: Trial, isBest: Bool) {
    ledger.log(
      "trial.finished",
      [
        "trial": .number(Double(trial.number)), "state": .string(trial.state.rawValue),
        "search_accuracy": trial.searchAccuracy.map(JSONValue.number),
        "parameters": trial.metrics[MetricName.parameters].map(JSONValue.number),
        "macs": trial.metrics[MetricName.macs].map(JSONValue.number), "is_best": .bool(isBest),
      ])
  }

  private func payload(_ run: FinalRun) -> [String: JSONValue?] {
    [
      "stage": .string(run.stage.rawValue), "trial": .number(Double(run.trial)),
      "repetition": .number(Double(run.repetition)),
      "state": run.state.isFinished ? .string(run.state.rawValue) : nil,
      "validation_accuracy": run.metrics[MetricName.validationAccuracy].map(JSONValue.number),
      "test_accuracy": run.metrics[MetricName.testAccuracy].map(JSONValue.number),
    ]
  }
}
