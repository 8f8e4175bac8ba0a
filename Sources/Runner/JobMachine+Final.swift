internal import Domain

/// The final phase: retrain the finalists, choose the winner on validation, test it alone.
extension JobMachine {
  /// Plans the final phase to fit the time and lays its selection runs out.
  mutating func startFinal() {
    let finalists = board.entries
    guard !finalists.isEmpty else {
      let limits = job.request.objectives.contains { $0.limit != nil }
      return conclude(
        .failed, nil,
        "no trial completed\(limits ? " within the objectives' limits" : ""), so there is nothing "
          + "to retrain; \(job.finishedTrials) trials ended otherwise")
    }
    let isExtra = controlBest.map { best in
      !finalists.contains { $0.fingerprint == best.fingerprint }
    }
    let plan = time.plan(
      costs: finalists.map(cost), extra: isExtra == true ? 1 : 0, spent: job.spentSeconds)
    job.finalPlan = plan
    guard plan.top > 0, plan.seeds > 0 else { return conclude(.succeeded, nil, nil) }
    let phase = FinalPhase(plan: plan, finalists: finalists, control: controlBest)
    for run in phase.runs { ledger.note(run) }
    final = phase
    job.phase = .finalTraining
    ledger.log("job.phase", ["phase": .string(Job.Phase.finalTraining.rawValue)])
    if let reason = plan.shrunkBecause { log("warning", "the final phase is shrunk: \(reason)") }
  }

  /// Running seconds at which the phase in hand has to end.
  var timeLimit: Double? {
    final == nil ? time.searchLimit(perSample: board.entries.map(cost).max()) : time.maxSeconds
  }

  /// Seconds that a training sample of a trial cost.
  private func cost(of trial: Trial) -> Double {
    (TimeBudget.seconds(of: trial) ?? 0) / Double(samples(of: trial))
  }

  /// Goes from selection to test to the end.
  mutating func advanceFinal() {
    guard intent != .cancel, var phase = final else { return }
    if isTimeUp {
      return conclude(.succeeded, .budgetSeconds, nil)
    }
    guard phase.isSettled else { return }
    if phase.hasTestRuns {
      let tests = phase.runs.filter { $0.stage == .test }
      guard !tests.contains(where: { $0.state == .completed }) else {
        return conclude(.succeeded, nil, nil)
      }
      let cause = tests.compactMap(\.failure).first.map { ": \($0)" } ?? ""
      return conclude(.failed, .error, "no test run of the winner completed" + cause)
    }
    guard let winner = FinalPhase.winner(of: phase.runs) else {
      let cause = phase.runs.compactMap(\.failure).first.map { ": \($0)" } ?? ""
      return conclude(.failed, .error, "no finalist could be retrained" + cause)
    }
    for run in phase.test(winner) { ledger.note(run) }
    final = phase
  }

  /// Ends the runs that did not finish.
  mutating func cutFinal() {
    guard var phase = final else { return }
    for var run in phase.runs where !run.state.isFinished {
      run.state = .cancelled
      phase.update(run)
      ledger.note(run)
    }
    final = phase
  }
}
