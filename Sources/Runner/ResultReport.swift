internal import Domain

/// Builds a job's result from its rows, at any time after the first finished trial.
struct ResultReport {
  let job: Job
  let trials: [Trial]
  let finalRuns: [FinalRun]

  /// Winner first; before the final phase, the best trials so far.
  var result: JobResult {
    JobResult(
      job: job.id, state: job.state, stopReason: job.stopReason,
      isReproducible: job.stopReason != .budgetSeconds && job.finalPlan?.shrunkBecause == nil
        && !job.request.objectives.contains { $0.metric == .latency },
      digest: job.digest, numerics: job.numerics, finalPlan: job.finalPlan,
      finalists: finalistTrials.map(finalist),
      verdict: job.request.strategy.name == "random" ? nil : ControlVerdict(of: trials),
      repeatedTrials: job.repeatedTrials)
  }

  private var finalistTrials: [Trial] {
    let best = Leaderboard.best(
      job.request.final.top, of: trials, objectives: job.request.objectives)
    let named = Set(finalRuns.map(\.trial))
    guard !named.isEmpty else { return best }
    let ranked = FinalPhase.ranking(of: finalRuns)
    let board = best.map(\.number)
    let others = named.sorted().filter { !board.contains($0) }
    let unranked = (board + others).filter { named.contains($0) && !ranked.contains($0) }
    let byNumber = Dictionary(trials.map { ($0.number, $0) }) { first, _ in first }
    return (ranked + unranked).compactMap { byNumber[$0] }
  }

  private func finalist(_ trial: Trial) -> JobResult.Finalist {
    let fingerprint = trial.fingerprint ?? ""
    return JobResult.Finalist(
      architecture: Identifier.architecture(job: job.id, fingerprint: fingerprint),
      fingerprint: fingerprint, code: trial.code, trial: trial.number,
      parameters: Int(trial.metrics[MetricName.parameters] ?? 0),
      macs: Int(trial.metrics[MetricName.macs] ?? 0), searchAccuracy: trial.searchAccuracy ?? 0,
      validationAccuracy: estimate(
        runs(of: trial, .selection), MetricName.validationAccuracy),
      testAccuracy: estimate(runs(of: trial, .test), MetricName.testAccuracy),
      weights: weights(of: trial), isRandom: trial.candidate.isRandom)
  }

  /// Completed runs of a stage, by repetition.
  private func runs(of trial: Trial, _ stage: FinalRun.Stage) -> [FinalRun] {
    finalRuns.filter { $0.trial == trial.number && $0.stage == stage && $0.state == .completed }
      .sorted { $0.repetition < $1.repetition }
  }

  private func estimate(_ runs: [FinalRun], _ metric: String) -> JobResult.Estimate? {
    let values = runs.compactMap { $0.metrics[metric] }
    return values.isEmpty ? nil : StudentInterval.estimate(values)
  }

  /// The weights of the first test run, else of the first selection run, else the trial's own.
  private func weights(of trial: Trial) -> String? {
    runs(of: trial, .test).first?.weights ?? runs(of: trial, .selection).first?.weights
      ?? trial.weights
  }
}
