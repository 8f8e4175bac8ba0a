package import Domain

/// The wire form of a job.
package enum JobWire {
  /// - Parameters:
  ///   - best: The row of the job's best trial.
  ///   - supernets: The job's supernets, while it searches on them.
  package static func json(
    _ job: Job, best: Trial?, supernets: [SupernetRun] = []
  ) throws -> JSONValue {
    let request = job.request
    var counts: [String: JSONValue] = [:]
    for state in Trial.State.allCases {
      counts[state.rawValue] = .int(job.trialCounts[state] ?? 0)
    }
    return .object([
      "id": .string(job.id), "name": .string(request.name),
      "labels": .array(request.labels.map { .string($0) }), "state": .string(job.state.rawValue),
      "phase": .text(job.phase?.rawValue), "stop_reason": .text(job.stopReason?.rawValue),
      "failure": .text(job.failure), "dataset": .string(request.dataset),
      "space": JSONValue(request.space), "strategy": JSONValue(request.strategy),
      "request": try JSONValue(encoding: request), "progress": progress(of: job, supernets),
      "trial_counts": .object(counts), "best": self.best(of: job, best),
      "numerics": numerics(job.numerics), "final_plan": finalPlan(job.finalPlan),
      "digest": .text(job.digest), "created": .time(job.created), "started": .time(job.started),
      "finished": .time(job.finished),
    ])
  }

  private static func progress(of job: Job, _ supernets: [SupernetRun]) -> JSONValue {
    let budget = job.request.budget
    let finished = job.finishedTrials
    let byTrials = budget.maxTrials.map { Double(job.spentTrials) / Double($0) } ?? 0
    let bySeconds = budget.maxSeconds.map { job.spentSeconds / $0 } ?? 0
    let byEpochs = budget.maxSeconds == nil ? share(of: job, supernets) : 0
    let fraction = job.state == .succeeded ? 1 : min(1, max(byTrials, bySeconds, byEpochs))
    return [
      "trials_finished": .int(finished), "trials_repeated": .int(job.repeatedTrials),
      "max_trials": .int(budget.maxTrials),
      "fraction": .number(fraction), "seconds": .number(job.spentSeconds),
      "max_seconds": .real(budget.maxSeconds), "seconds_left": .real(secondsLeft(of: job)),
    ]
  }

  /// How far the search on shared weights is, by epochs; 1 once nothing is left to train.
  private static func share(of job: Job, _ supernets: [SupernetRun]) -> Double {
    guard job.numerics?.supernetThreads != nil else { return 0 }
    guard job.phase == .searching else { return job.phase == nil ? 0 : 1 }
    let epochs = job.request.strategy.params["epochs"]?.intValue ?? 0
    guard epochs > 0, !supernets.isEmpty else { return 0 }
    let shares = supernets.map { run in
      run.state.isFinished ? 1 : min(1, Double(run.curve.count) / Double(epochs))
    }
    return shares.reduce(0, +) / Double(supernets.count)
  }

  /// From the pace of the search so far, at most what the budget leaves; unknown in the final phase,
  /// which rarely uses up what is left.
  private static func secondsLeft(of job: Job) -> Double? {
    if job.state.isFinal { return 0 }
    guard job.phase == nil || job.phase == .searching else { return nil }
    let budget = job.request.budget
    let byBudget = budget.maxSeconds.map { max(0, $0 - job.spentSeconds) }
    guard let most = budget.maxTrials, job.finishedTrials > 0 else {
      return byBudget
    }
    let pace = job.spentSeconds / Double(max(1, job.spentTrials))
    let byPace = pace * Double(max(0, most - job.spentTrials))
    return min(byPace, byBudget ?? byPace)
  }

  private static func best(of job: Job, _ best: Trial?) -> JSONValue {
    guard let number = job.bestTrial, let accuracy = job.bestSearchAccuracy else { return .null }
    return [
      "trial": .int(number), "search_accuracy": .number(accuracy),
      "architecture": .text(
        best?.fingerprint.map { Identifier.architecture(job: job.id, fingerprint: $0) }),
      "parameters": .count(best?.metrics[MetricName.parameters]),
      "macs": .count(best?.metrics[MetricName.macs]),
    ]
  }

  static func numerics(_ numerics: Numerics?) -> JSONValue {
    guard let numerics else { return .null }
    return [
      "engine_version": .string(numerics.engineVersion), "isa": .string(numerics.isa),
      "threads": .int(numerics.threads), "supernet_threads": .int(numerics.supernetThreads),
    ]
  }

  private static func numbers(_ trials: [Int]) -> JSONValue {
    .array(trials.map { .int($0) })
  }

  static func finalPlan(_ plan: FinalPlan?) -> JSONValue {
    guard let plan else { return .null }
    return [
      "top": .int(plan.top), "seeds": .int(plan.seeds), "samples_seen": .int(plan.samplesSeen),
      "shrunk_because": .text(plan.shrunkBecause),
      "finalists": plan.finalists.map(numbers) ?? .null, "probes": numbers(plan.probes),
      "probe_samples_seen": .int(plan.probeSamples ?? plan.samplesSeen),
      "probes_note": .text(plan.probesNote), "controls": numbers(plan.controls),
      "comparison": [
        "seeds": .int(plan.comparison?.seeds ?? plan.seeds),
        "samples_seen": .int(plan.comparison?.samplesSeen ?? plan.samplesSeen),
      ],
      "controls_note": .text(plan.controlsNote), "fell_back": .bool(plan.fellBack),
    ]
  }
}
