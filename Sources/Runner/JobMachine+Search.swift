internal import Domain

/// The search phase: ask, run, observe in order, and know when it is enough.
extension JobMachine {
  /// Asks the strategy what is due, or ends the search.
  mutating func advanceSearch() {
    guard !search.isConsulting else { return }
    guard supernets.isTold else { return advanceSupernets() }
    if intent != .cancel, let reason = stopReason(best: job.bestSearchAccuracy, tally: tally) {
      return endSearch(reason)
    }
    let isEnding = isTimeUp || intent == .cancel
    let machine = self
    guard let step = search.nextStep(isEnding: isEnding, closing: { machine.ends(with: $0) })
    else { return }
    effects.append(.consult(observe: step.observe.map(\.observable), draw: step.draw))
  }

  /// Why the search is over, by what was observed; nil while it goes on.
  private func stopReason(best: Double?, tally: FailureTally) -> Job.StopReason? {
    if let target = job.request.budget.targetAccuracy, let best, best >= target {
      return .targetReached
    }
    if tally.verdict != nil { return .tooManyFailures }
    if let most = job.request.budget.maxTrials, search.spent >= most { return .budgetTrials }
    if search.isExhausted { return sharesWeights ? .searchFinished : .spaceExhausted }
    if isTimeUp, search.nextFinished == nil { return .budgetSeconds }
    return nil
  }

  /// True when observing this trial ends the search.
  private func ends(with trial: Trial) -> Bool {
    var tally = tally
    if trial.cachedFrom == nil { tally.add(trial, keepsLimits: keepsLimits(trial)) }
    if tally.verdict != nil { return true }
    guard let target = job.request.budget.targetAccuracy, let accuracy = trial.searchAccuracy,
      trial.fingerprint != nil,
      job.request.objectives.allSatisfy({ $0.keepsLimit(trial.metrics) })
    else { return false }
    return accuracy >= target
  }

  private mutating func endSearch(_ reason: Job.StopReason) {
    cutSearch()
    job.stopReason = reason
    if reason == .tooManyFailures { return conclude(.failed, reason, tally.verdict) }
    isTimeUp = false
    startFinal()
  }

  /// Takes the strategy's answer in: the trial it observed, then its proposals.
  mutating func take(_ consultation: Consultation) {
    if supernets.isTelling { return takeTold(consultation) }
    guard search.isConsulting else { return }
    if let trial = search.answered(isDry: consultation.isDry) { observe(trial) }
    if let draft = consultation.draft { add(draft) }
    record.parents =
      consultation.possibleParents.isEmpty ? nil : consultation.possibleParents.sorted()
    release()
    record.observed = search.observed
    record.isDry = search.isDry
    keep(consultation.strategyState)
  }

  /// Saves the strategy with what was observed.
  mutating func keep(_ strategyState: [UInt8]) {
    do {
      ledger.note(strategyState: try record.encoded(with: strategyState))
    } catch {
      conclude(.failed, .error, "the strategy's state cannot be stored: \(error)")
    }
  }

  private mutating func observe(_ trial: Trial) {
    record.weightsChain = JobDigest.chain(
      record.weightsChain, trial: trial.number, weights: trial.weights)
    remember(trial)
    for number in search.waiting {
      if var copy = search.outstanding[number], copy.cachedFrom == trial.number {
        repeatResult(of: trial, in: &copy)
      }
    }
    for loser in board.insert(trial) { evicted[loser.number] = loser }
    ledger.note(trial)
    let isBest = board.entries.first?.number == trial.number
    job.bestTrial = board.entries.first?.number
    job.bestSearchAccuracy = board.entries.first?.searchAccuracy
    logFinished(trial, isBest: isBest)
  }

  /// Keeps of an observed trial what later decisions need.
  mutating func remember(_ trial: Trial) {
    if trial.cachedFrom == nil {
      tally.add(trial, keepsLimits: keepsLimits(trial))
      history[trial.number] = trial
    }
    copies[trial.number] = trial.cachedFrom
    guard search.control != nil, trial.candidate.isRandom, trial.fingerprint != nil,
      let accuracy = trial.searchAccuracy,
      job.request.objectives.allSatisfy({ $0.keepsLimit(trial.metrics) }),
      accuracy > controlBest?.searchAccuracy ?? -1
    else { return }
    controlBest = trial
  }

  /// What a trial's result depends on.
  func repeatKey(of trial: Trial) -> RepeatKey {
    RepeatKey(
      trial, samples: samples(of: trial), parent: trial.candidate.parent.map { copies[$0] ?? $0 },
      isFiltered: isFiltered(trial))
  }

  /// Ends a trial with the result of the earlier trial of the same network.
  private mutating func repeatResult(of original: Trial, in copy: inout Trial) {
    copy.metrics = original.metrics
    copy.curve = original.curve
    copy.failure = original.failure
    copy.finished = now.date
    set(&copy, original.state)
  }

  /// Gives up the weights of trials off the board that no outstanding trial inherits, and no later one
  /// may.
  private mutating func release() {
    let outstanding = search.outstanding.values.compactMap(\.candidate.parent)
    let parents = Set((outstanding + (record.parents ?? [])).map { copies[$0] ?? $0 })
    for number in evicted.keys.sorted() where !parents.contains(number) {
      guard var trial = evicted.removeValue(forKey: number), let weights = trial.weights else {
        continue
      }
      discarded.append(weights)
      trial.weights = nil
      ledger.note(trial)
    }
  }

  /// An observed trial whose weights are kept; for a repeat the one it repeats.
  func keptTrial(_ number: Int) -> Trial? {
    let number = copies[number] ?? number
    let trial = board.entries.first { $0.number == number } ?? evicted[number]
    return trial?.weights == nil ? nil : trial
  }

  private mutating func add(_ draft: Consultation.Draft) {
    let limits = job.request.objectives
    var trial = Trial(
      number: search.proposed + 1, candidate: draft.candidate, code: draft.code,
      fingerprint: draft.fingerprint)
    trial.metrics[MetricName.parameters] = draft.parameters.map(Double.init)
    trial.metrics[MetricName.macs] = draft.macs.map(Double.init)
    trial.metrics[MetricName.cumulativeSamples] = cumulativeSamples(of: trial)
    if draft.fault == nil, let scores = draft.candidate.scores {
      trial.metrics.merge(scores) { own, _ in own }
    }
    let broken = limits.first { !$0.keepsLimit(trial.metrics) }
    let lost = draft.candidate.parent.flatMap { keptTrial($0) == nil ? $0 : nil }
    let refusal =
      draft.fault
      ?? lost.map { "the weights of trial \($0), which it would inherit, are not kept" }
      ?? broken.map { objective in
        let value = JSONValue.number(trial.metrics[objective.metricName] ?? 0).canonical
        let limit = JSONValue.number(objective.limit ?? 0).canonical
        return "\(objective.metric.rawValue) \(value) does not keep the limit \(limit)"
      }
    if refusal == nil || draft.fault != nil { trial.cachedFrom = original(of: trial) }
    search.add(trial)
    job.trialCounts[.pending, default: 0] += 1
    ledger.note(trial)
    if let number = trial.cachedFrom {
      job.repeatedTrials += 1
      if let original = history[number] { repeatResult(of: original, in: &trial) }
    } else if let refusal {
      trial.failure = refusal
      trial.finished = now.date
      set(&trial, .infeasible)
    } else if draft.candidate.scores != nil {
      let isScored = trial.metrics[MetricName.searchAccuracy]?.isFinite == true
      trial.failure = isScored ? nil : "shared weights gave it no \(MetricName.searchAccuracy)"
      trial.started = now.date
      trial.finished = now.date
      set(&trial, isScored ? .completed : .failed)
    }
  }

  /// The earlier trial whose result a new one repeats; a first one is put down as known.
  private mutating func original(of trial: Trial) -> Int? {
    guard reusesResults, !trial.candidate.isReevaluation, trial.candidate.scores == nil else {
      return nil
    }
    let key = repeatKey(of: trial)
    if let number = known[key] { return number }
    known[key] = trial.number
    return nil
  }

  /// Ends all trials that were not observed: cancelled, without a result, even if they finished.
  mutating func cutSearch() {
    for var trial in search.cut() {
      drop(OrderKey(.trial, trial.number))
      resting.remove(OrderKey(.trial, trial.number))
      discarded += trial.weights.map { [$0] } ?? []
      trial.weights = nil
      trial.failure = nil
      trial.curve = []
      trial.measured = [:]
      trial.metrics = trial.metrics.filter {
        $0.key == MetricName.parameters || $0.key == MetricName.macs
      }
      trial.finished = now.date
      count(trial.state, -1)
      trial.state = .cancelled
      count(.cancelled, 1)
      ledger.note(trial)
      logFinished(trial, isBest: false)
    }
    record.parents = nil
    release()
  }

  /// Changes a trial's state wherever it is counted and kept.
  mutating func set(_ trial: inout Trial, _ state: Trial.State) {
    count(trial.state, -1)
    trial.state = state
    count(state, 1)
    search.update(trial)
    ledger.note(trial)
  }

  private mutating func count(_ state: Trial.State, _ change: Int) {
    let count = (job.trialCounts[state] ?? 0) + change
    job.trialCounts[state] = count > 0 ? count : nil
  }

  /// True when a trial keeps all limits that can be known before training.
  func keepsLimits(_ trial: Trial) -> Bool {
    job.request.objectives.allSatisfy { $0.metric == .accuracy || $0.keepsLimit(trial.metrics) }
  }

  /// Samples that a trial and its ancestors see; nil without ancestors.
  private func cumulativeSamples(of trial: Trial) -> Double? {
    guard let parent = trial.candidate.parent.flatMap(keptTrial) else { return nil }
    let before =
      parent.metrics[MetricName.cumulativeSamples] ?? Double(samples(of: parent))
    return before + Double(samples(of: trial))
  }

  /// Training samples of a trial: its share of the job's trial budget.
  func samples(of trial: Trial) -> Int {
    max(1, Int((Double(job.request.trial.samplesSeen) * trial.candidate.fidelity).rounded()))
  }
}

extension Trial {
  /// The trial as a strategy may see it: without anything that is measured or differs by attempt.
  var observable: Trial {
    var trial = self
    trial.attempt = 1
    trial.measured = [:]
    trial.weights = nil
    trial.started = nil
    trial.finished = nil
    trial.curve = curve.map { Measurement(epoch: $0.epoch, metrics: $0.metrics, seconds: 0) }
    return trial
  }
}
