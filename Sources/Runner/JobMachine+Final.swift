internal import Domain

/// The final phase: retrain the finalists, choose the winner on validation, test it alone, and compare
/// it with random architectures where the search shared weights.
extension JobMachine {
  /// Plans what is retrained to fit the time, and begins with what is due first.
  mutating func startFinal() {
    let finalists = board.entries
    guard !finalists.isEmpty else {
      let limits = job.request.objectives.contains { $0.limit != nil }
      let failed = history.values.filter { $0.failure != nil }.min { $0.number < $1.number }
      let cause = failed.map { "; trial \($0.number): \($0.failure ?? "")" } ?? ""
      return conclude(
        .failed, nil,
        "no trial completed\(limits ? " within the objectives' limits" : ""), so there is nothing "
          + "to retrain; \(job.finishedTrials) trials ended otherwise\(cause)")
    }
    let costs = finalists.map(cost)
    let kept = time.probeSeconds(spent: job.spentSeconds, perSample: costs.max() ?? 0)
    var plan = time.plan(
      costs: costs, extra: extraFinalist(beside: finalists) == nil ? 0 : 1,
      spent: job.spentSeconds, kept: kept)
    job.finalPlan = plan
    guard plan.top > 0, plan.seeds > 0 else { return conclude(.succeeded, nil, nil) }
    name(finalists, in: &plan)
    chooseProbes(for: &plan, seconds: kept, perSample: costs.max() ?? 0)
    job.finalPlan = plan
    // The best random draw may repeat a network of the strategy's, and is then no part of history.
    let repeats = controlBest.map { [$0] } ?? []
    final = FinalPhase(plan: plan, trials: Array(history.values) + repeats, runs: [])
    if let reason = plan.shrunkBecause { log("warning", "the final phase is shrunk: \(reason)") }
    plan.probes.isEmpty ? startSelection() : startFidelity()
  }

  /// Writes down which trials are retrained to choose among.
  mutating func name(_ finalists: [Trial], in plan: inout FinalPlan) {
    let chosen = Array(finalists.prefix(plan.top))
    let extra = extraFinalist(beside: chosen).map { [$0.number] } ?? []
    plan.finalists = chosen.map(\.number) + extra
  }

  /// The best random trial, where it is not among the finalists; searches on shared weights have
  /// controls of their own.
  func extraFinalist(beside finalists: [Trial]) -> Trial? {
    guard !sharesWeights, let best = controlBest else { return nil }
    return finalists.contains { $0.fingerprint == best.fingerprint } ? nil : best
  }

  /// An observed trial that may be retrained.
  func observed(_ number: Int) -> Trial? {
    history[number] ?? controlBest.flatMap { $0.number == number ? $0 : nil }
  }

  /// Lays the selection runs out; controls wait where seconds count, until their cost is known.
  mutating func startSelection() {
    guard var phase = final, let plan = job.finalPlan else { return }
    phase.replan(plan)
    for trial in plan.finalists ?? [] {
      for run in phase.layOut(.selection, trial: trial, 0..<plan.seeds) { ledger.note(run) }
    }
    final = phase
    if time.maxSeconds == nil { layOutControls() }
    job.phase = .finalTraining
    ledger.log("job.phase", ["phase": .string(Job.Phase.finalTraining.rawValue)])
  }

  /// Chooses the random trials that the winner is compared with, as many as fit the time, and lays
  /// their runs out.
  private mutating func layOutControls() {
    guard var phase = final, var plan = job.finalPlan, sharesWeights,
      job.request.final.controls > 0
    else { return }
    let draws = scoredDraws
    let able = min(wantedControls(plan, of: draws), draws.count)
    let (count, runs) = time.comparison(
      plan, controls: able, perSample: typicalCost, spent: job.spentSeconds)
    plan.comparison = runs
    plan.isTimed = plan.isTimed || count < able || runs != nil
    compare(with: Array(draws.prefix(count)), &plan, &phase)
    if let note = plan.controlsNote { log("warning", note) }
  }

  /// Adds controls where seconds are left that were not expected; false where none is added.
  private mutating func addControls() -> Bool {
    guard var phase = final, var plan = job.finalPlan, let most = time.maxSeconds,
      !plan.controls.isEmpty
    else { return false }
    let draws = scoredDraws
    let able = min(wantedControls(plan, of: draws), draws.count)
    let more = time.further(
      able - plan.controls.count, as: plan, perSample: typicalCost, left: most - job.spentSeconds)
    guard more > 0 else { return false }
    compare(with: Array(draws.prefix(plan.controls.count + more)), &plan, &phase)
    log("info", "seconds were left for \(more) more random architectures")
    return true
  }

  /// As many as were asked for, and one more where one of them may turn out to be the winner, which is
  /// not compared with itself.
  private func wantedControls(_ plan: FinalPlan, of draws: [Int]) -> Int {
    let asked = job.request.final.controls
    let finalists = Set(plan.finalists ?? [])
    return draws.prefix(asked).contains(where: finalists.contains) ? asked + 1 : asked
  }

  /// Uniform draws that shared weights scored, by number.
  private var scoredDraws: [Int] {
    history.values.filter {
      $0.candidate.isRandom && $0.candidate.scores != nil && $0.state == .completed
    }.map(\.number).sorted()
  }

  /// Takes these controls, and lays out those of their runs that are missing.
  private mutating func compare(
    with controls: [Int], _ plan: inout FinalPlan, _ phase: inout FinalPhase
  ) {
    plan.controls = controls
    plan.controlsNote = controlsNote(plan, drawn: scoredDraws.count)
    job.finalPlan = plan
    phase.replan(plan)
    for trial in controls {
      let fresh = phase.layOut(.selection, trial: trial, plan.comparisonRepetitions)
      for run in fresh { ledger.note(run) }
    }
    final = phase
  }

  /// Why controls are fewer than asked, or trained less; nil when they are neither.
  private func controlsNote(_ plan: FinalPlan, drawn: Int) -> String? {
    let (asked, count) = (job.request.final.controls, plan.controls.count)
    var notes: [String] = []
    if count < asked {
      let cause =
        count < min(asked, drawn)
        ? "only \(count) of \(asked) random architectures fit the seconds left"
        : "the search drew only \(drawn) of \(asked) random architectures"
      let floor = JSONValue.number(((1 / Double(count + 1)) * 1000).rounded() / 1000).canonical
      notes.append("\(cause): p of the verdict cannot be below \(floor)")
    }
    if let runs = plan.comparison, count > 0 {
      notes.append(
        "to fit the seconds left, each is trained \(runs.seeds) × \(runs.samplesSeen) samples, as is "
          + "the winner to be compared, instead of \(plan.seeds) × \(plan.samplesSeen)")
    }
    return notes.isEmpty ? nil : notes.joined(separator: "; ")
  }

  /// Seconds that a training sample costs a network of the space: the mean of those trained alone, or
  /// the dearest finalist.
  private var typicalCost: Double {
    let dearest = (job.finalPlan?.finalists ?? []).compactMap { observed($0).map(cost) }.max() ?? 0
    let known = runCosts.values
    return max(dearest, known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count))
  }

  /// Seconds that a training sample cost in completed final runs, by trial: the dearest of each.
  private var runCosts: [Int: Double] {
    var costs: [Int: Double] = [:]
    for run in final?.runs ?? [] where run.state == .completed {
      guard let plan = final?.plan, let seconds = run.measured["train_seconds"] else { continue }
      let each = seconds / Double(max(1, plan.samples(of: run)))
      costs[run.trial] = max(costs[run.trial] ?? 0, each)
    }
    return costs
  }

  /// Running seconds at which the phase in hand has to end.
  var timeLimit: Double? {
    if final != nil {
      guard job.phase == .fidelity, let plan = job.finalPlan else { return time.maxSeconds }
      return time.fidelityLimit(plan, perSample: board.entries.map(cost).max() ?? 0)
    }
    guard sharesWeights else {
      guard supernets.isTold else { return time.warmStartLimit }
      return time.searchLimit(perSample: board.entries.map(cost).max())
    }
    guard supernets.isTold else { return time.supernetLimit }
    // Candidates that are scored already take no time.
    let trains = search.outstanding.values.contains {
      $0.candidate.scores == nil && !$0.state.isFinished
    }
    return trains ? time.searchLimit(perSample: supernets.childCost) : nil
  }

  /// How far beyond its limit the phase in hand is let go on: the worker of a supernet, or of a warm
  /// start, ends by itself in time, but still has to score what it found.
  var grace: Double { final == nil && !supernets.isTold ? 1.1 : 1 }

  /// Seconds that a training sample of a trial's network costs.
  func cost(of trial: Trial) -> Double {
    let measured = runCosts
    if let seconds = measured[trial.number] ?? measured.values.max() { return seconds }
    if trial.candidate.scores != nil { return supernets.childCost ?? 0 }
    return (TimeBudget.seconds(of: trial) ?? 0) / Double(samples(of: trial))
  }

  /// Goes from selection to test and comparison to the end.
  mutating func advanceFinal() {
    guard intent != .cancel else { return }
    if job.phase == .fidelity {
      advanceFidelity()
      // All that the finalists need may have been trained as probes.
      guard job.phase != .fidelity, !isOver else { return }
    }
    guard var phase = final, let plan = job.finalPlan else { return }
    if isTimeUp {
      return conclude(.succeeded, .budgetSeconds, nil)
    }
    guard phase.hasTestRuns else {
      guard phase.isSelected else { return }
      guard let winner = FinalPhase.winner(of: phase.runs, plan: plan) else {
        let cause = phase.runs.compactMap(\.failure).first.map { ": \($0)" } ?? ""
        return conclude(.failed, .error, "no finalist could be retrained" + cause)
      }
      for run in phase.layOut(.test, trial: winner, 0..<plan.seeds) { ledger.note(run) }
      final = phase
      if time.maxSeconds != nil { layOutControls() }
      compare(winner)
      return
    }
    guard phase.isSettled, !addControls() else { return }
    let tests = phase.runs.filter { $0.stage == .test }
    guard !tests.contains(where: { $0.state == .completed }) else {
      return conclude(.succeeded, nil, nil)
    }
    let cause = tests.compactMap(\.failure).first.map { ": \($0)" } ?? ""
    conclude(.failed, .error, "no test run of the winner completed" + cause)
  }

  /// Lays the winner's fresh runs out, where it has controls.
  private mutating func compare(_ winner: Int) {
    guard var phase = final, let plan = job.finalPlan, !plan.controls.isEmpty else { return }
    let fresh = phase.layOut(.selection, trial: winner, plan.comparisonRepetitions)
    for run in fresh { ledger.note(run) }
    final = phase
  }

  /// Ends the runs that did not finish.
  mutating func cutFinal() {
    guard var phase = final else { return }
    for var run in phase.runs where !run.state.isFinished {
      drop(run.key)
      resting.remove(run.key)
      run.state = .cancelled
      phase.update(run)
      ledger.note(run)
    }
    final = phase
  }
}
