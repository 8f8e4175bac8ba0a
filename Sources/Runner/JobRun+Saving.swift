internal import Domain
internal import Logging

// What a job's change becomes in the store.
extension JobRun {
  func save(_ change: JobChange) async {
    let change = merged(change)
    do {
      try await workshop.store.save(change)
      await workshop.bus.publish(id)
    } catch {
      workshop.logger.error("job \(id) cannot be saved: \(error)")
      unsaved = change
      guard !change.job.state.isFinal else { return }
      post.yield(.event(.broken(reason: reason(error))))
    }
  }

  /// Saves the end of a job, again and again while the store fails: it must not be lost.
  func conclude(_ change: JobChange, _ chain: String) async {
    var change = merged(change)
    var pause = 0.2
    while true {
      do {
        change.job.digest = try await digest(change, chain)
        try await workshop.store.save(change)
        return await workshop.bus.finish(id)
      } catch {
        workshop.logger.error("the end of job \(id) cannot be saved: \(error)")
        if isStopping { return }
        try? await workshop.clock.sleep(pause)
        pause = min(5, pause * 2)
      }
    }
  }

  private func digest(_ change: JobChange, _ chain: String) async throws -> String {
    var trials: [Int: Trial] = [:]
    for trial in try await workshop.store.allTrials(of: id) { trials[trial.number] = trial }
    for trial in change.trials { trials[trial.number] = trial }
    var runs: [OrderKey: FinalRun] = [:]
    for run in try await workshop.store.finalRuns(of: id) { runs[run.key] = run }
    for run in change.finalRuns { runs[run.key] = run }
    var supernets: [Int: SupernetRun] = [:]
    for run in try await workshop.store.supernetRuns(of: id) { supernets[run.round] = run }
    for run in change.supernetRuns { supernets[run.round] = run }
    return try JobDigest.digest(
      of: change.job, trials: Array(trials.values), finalRuns: Array(runs.values),
      supernetRuns: Array(supernets.values), weightsChain: chain)
  }

  private func merged(_ change: JobChange) -> JobChange {
    guard let earlier = unsaved else { return change }
    unsaved = nil
    let trials = Set(change.trials.map(\.number))
    let runs = Set(change.finalRuns.map(\.key))
    let rounds = Set(change.supernetRuns.map(\.round))
    return JobChange(
      job: change.job,
      trials: earlier.trials.filter { !trials.contains($0.number) } + change.trials,
      finalRuns: earlier.finalRuns.filter { !runs.contains($0.key) } + change.finalRuns,
      supernetRuns: earlier.supernetRuns.filter { !rounds.contains($0.round) }
        + change.supernetRuns,
      strategyState: change.strategyState ?? earlier.strategyState,
      events: earlier.events + change.events)
  }

  private func reason(_ error: any Error) -> String {
    guard let error = error as? ServiceError else { return "the store failed: \(error)" }
    return error.code == .storage
      ? "the store could not write (is the disk full?): \(error)" : "\(error)"
  }

  /// Removes weight files that this job gave up and nobody else names.
  func sweep() async {
    guard !discards.isEmpty else { return }
    do {
      let inUse = try await workshop.store.weightsInUse()
      try workshop.weights.remove(discards.filter { !inUse.contains($0) })
      discards = []
    } catch {
      workshop.logger.warning("weights of job \(id) cannot be removed yet: \(error)")
    }
  }
}
