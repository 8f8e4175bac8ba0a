internal import Domain

/// The fidelity phase: train some architectures alone, spread over the ranks of the cheap score, to
/// measure how far that score can be trusted.
extension JobMachine {
  /// Chooses the trials to train, and says why they are fewer than asked.
  func chooseProbes(for plan: inout FinalPlan, seconds: Double?, perSample: Double) {
    let request = job.request.fidelity
    guard request.share > 0 else { return }
    let ranked = rankedByScore
    var count = request.architectures
    var samples: Int?
    var cause: String?
    func bound(_ most: Int, _ reason: String) {
      guard most < count else { return }
      count = max(0, most)
      cause = reason
    }
    bound(
      ranked.count,
      sharesWeights
        ? "the search chose \(ranked.count) for it" : "\(ranked.count) differ and completed")
    let percent = JSONValue.number((request.share * 1000).rounded() / 10).canonical
    // A search that its seconds ended left those of this phase unspent.
    if !sharesWeights, job.stopReason != .budgetSeconds {
      bound(affordable(plan, share: request.share), "so many fit \(percent) % of the job's work")
    }
    if let seconds {
      // A score of as few samples as a trial's is checked by longer training or not at all.
      let fitting = time.fit(
        runs: count, samples: plan.samplesSeen,
        least: sharesWeights ? time.trialSamples : plan.samplesSeen, seconds: seconds,
        perSample: perSample)
      plan.isTimed = fitting.runs < count || fitting.samples < plan.samplesSeen
      samples = fitting.samples
      bound(fitting.runs, "so many fit \(percent) % of the job's seconds")
    }
    if let cause, count < FidelityReport.least {
      plan.probesNote = """
        no architecture of \(request.architectures) is trained for it: \(cause), and fewer than \
        \(FidelityReport.least) say nothing
        """
      return
    }
    let fewer = cause.map { "\(count) of \(request.architectures) architectures: \($0)" }
    let shorter = samples.flatMap {
      $0 < plan.samplesSeen
        ? "trained for \($0) samples instead of \(plan.samplesSeen), to fit the seconds" : nil
    }
    let notes = [fewer, shorter].compactMap(\.self)
    plan.probesNote = notes.isEmpty ? nil : notes.joined(separator: "; ")
    plan.probeSamples = samples
    plan.probes = (0..<count).map { index in
      let place = count > 1 ? Double(index * (ranked.count - 1)) / Double(count - 1) : 0
      return ranked[Int(place.rounded())].number
    }.sorted()
  }

  /// How many architectures a share of the job's training pays for.
  private func affordable(_ plan: FinalPlan, share: Double) -> Int {
    let trained = history.values.filter { $0.attempt > 0 && $0.state != .cancelled }
      .reduce(0) { $0 + samples(of: $1) }
    let runs = ((plan.finalists?.count ?? plan.top) + 1) * plan.seeds
    let work = Double(trained) + Double(runs) * Double(plan.samplesSeen)
    // Just below a whole number is a rounding error.
    return Int(share / (1 - share) * work / Double(max(1, plan.samplesSeen)) + 1e-9)
  }

  /// Trials of distinct networks that may be probed, by the cheap score, best first.
  private var rankedByScore: [Trial] {
    func loss(_ trial: Trial) -> Double { trial.metrics[MetricName.searchLoss] ?? 0 }
    let trials = history.values.filter { trial in
      trial.searchAccuracy != nil && trial.fingerprint != nil && trial.cachedFrom == nil
        && (!sharesWeights || (trial.candidate.isProbe && trial.candidate.scores != nil))
    }.sorted {
      let (one, other) = ($0.searchAccuracy ?? 0, $1.searchAccuracy ?? 0)
      if one != other { return one > other }
      return loss($0) != loss($1) ? loss($0) < loss($1) : $0.number < $1.number
    }
    var seen: Set<String> = []
    return trials.filter { seen.insert($0.fingerprint ?? "").inserted }
  }

  /// Lays the probes out; where the finalists depend on them, also the first run of each finalist.
  mutating func startFidelity() {
    guard var phase = final, let plan = job.finalPlan else { return }
    let finalists = job.request.fidelity.minTau == nil ? [] : plan.finalists ?? []
    for trial in plan.probes + finalists {
      let repetition = plan.probeRepetition
      for run in phase.layOut(.selection, trial: trial, repetition..<(repetition + 1)) {
        ledger.note(run)
      }
    }
    final = phase
    job.phase = .fidelity
    ledger.log("job.phase", ["phase": .string(Job.Phase.fidelity.rawValue)])
    if let note = plan.probesNote { log("info", "fidelity: \(note)") }
  }

  /// Goes from the probes to the finalists.
  mutating func advanceFidelity() {
    if isTimeUp {
      isTimeUp = false
      cutFinal()
      job.finalPlan?.isTimed = true
    }
    guard let phase = final, phase.isSettled, var plan = job.finalPlan else { return }
    let fidelity = JobFidelity(
      job: job, trials: Array(history.values), runs: phase.runs, isOver: true)
    var finalists = board.entries
    if let least = fidelity.minTau, let tau = fidelity.report?.tau, tau.low < least {
      plan.fellBack = true
      finalists = bestAlone(of: phase)
      log(
        "warning",
        "the search's score is not trusted with the finalists: τ \(tau.value) has the lower bound "
          + "\(tau.low), below \(least); they are the best of those trained alone")
    }
    ledger.log(
      "fidelity.finished",
      [
        "reached": .number(Double(fidelity.reached)), "asked": .number(Double(fidelity.asked)),
        "tau": fidelity.report.map { .number($0.tau.value) },
        "tau_low": fidelity.report.map { .number($0.tau.low) },
        "tau_high": fidelity.report.map { .number($0.tau.high) },
        "fell_back": .bool(plan.fellBack), "note": fidelity.note.map(JSONValue.string),
      ])
    shrink(&plan, finalists: finalists)
    name(finalists, in: &plan)
    job.finalPlan = plan
    startSelection()
  }

  /// Fits the final phase anew to the seconds left, by what the probes cost.
  private mutating func shrink(_ plan: inout FinalPlan, finalists: [Trial]) {
    guard time.maxSeconds != nil else { return }
    let next = time.plan(
      costs: finalists.map(cost), extra: extraFinalist(beside: finalists) == nil ? 0 : 1,
      samples: plan.samplesSeen, spent: job.spentSeconds)
    plan.top = max(1, next.top)
    plan.seeds = next.seeds
    plan.samplesSeen = next.samplesSeen
    guard let reason = next.shrunkBecause, reason != plan.shrunkBecause else { return }
    plan.shrunkBecause = reason
    log("warning", "the final phase is shrunk: \(reason)")
  }

  /// The trials that were trained alone, best first, as far as they may win.
  private func bestAlone(of phase: FinalPhase) -> [Trial] {
    var real: [Int: Double] = [:]
    for run in phase.runs
    where run.repetition == phase.plan.probeRepetition && run.state == .completed {
      real[run.trial] = run.metrics[MetricName.validationAccuracy]
    }
    var seen: Set<String> = []
    let able = real.keys.compactMap(observed).filter { trial in
      job.request.objectives.allSatisfy { $0.keepsLimit(trial.metrics) }
    }.sorted {
      let (one, other) = (real[$0.number] ?? 0, real[$1.number] ?? 0)
      return one != other ? one > other : $0.number < $1.number
    }
    let best = able.filter { seen.insert($0.fingerprint ?? "").inserted }
    return best.isEmpty ? board.entries : best
  }
}
