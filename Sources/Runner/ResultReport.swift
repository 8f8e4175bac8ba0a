internal import Domain

/// Builds a job's result from its rows, at any time after the first finished trial.
struct ResultReport {
  let job: Job
  let trials: [Trial]
  let finalRuns: [FinalRun]
  let supernetRuns: [SupernetRun]

  /// Winner first; before the final phase, the best trials so far.
  var result: JobResult {
    JobResult(
      job: job.id, state: job.state, stopReason: job.stopReason,
      isReproducible: job.stopReason != .budgetSeconds && job.finalPlan?.shrunkBecause == nil
        && !isCutSupernet && job.finalPlan?.isTimed != true
        && !job.request.objectives.contains { $0.metric == .latency },
      digest: job.digest, numerics: job.numerics, finalPlan: job.finalPlan,
      finalists: finalistTrials.map(finalist),
      verdict: hasControl ? ControlVerdict(of: trials) : nil,
      repeatedTrials: job.repeatedTrials,
      rank: job.finalPlan.flatMap { RankVerdict(plan: $0, runs: finalRuns) })
  }

  /// Random search is its own control, and accuracies by shared weights are compared once retrained.
  private var hasControl: Bool {
    job.request.strategy.name != "random" && !trials.contains { $0.candidate.scores != nil }
  }

  /// A supernet that its seconds cut went as far as the machine was fast; its worker says whether one
  /// was.
  private var isCutSupernet: Bool {
    job.request.budget.maxSeconds != nil
      && supernetRuns.contains { $0.state != .completed || $0.measured["is_cut"] != 0 }
  }

  private var finalistTrials: [Trial] {
    let best = Leaderboard.best(
      job.request.final.top, of: trials, objectives: job.request.objectives)
    let named = Set(job.finalPlan?.finalists ?? finalRuns.map(\.trial))
    guard !named.isEmpty else { return best }
    let ranked = FinalPhase.ranking(of: finalRuns, plan: job.finalPlan)
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
        runs(of: trial, .selection).filter { job.finalPlan?.isSelection($0) ?? true },
        MetricName.validationAccuracy),
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

  /// The weights of the first test run, else of the first selection run that kept them, else the
  /// trial's own.
  private func weights(of trial: Trial) -> String? {
    let runs = runs(of: trial, .test) + runs(of: trial, .selection)
    return runs.lazy.compactMap(\.weights).first ?? trial.weights
  }
}
