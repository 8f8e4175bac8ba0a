/// What a job says of its cheap score, as far as it got.
package struct JobFidelity: Codable, Hashable, Sendable {
  package enum State: String, Codable, Sendable, CaseIterable {
    /// The request has share 0.
    case notAsked = "not_asked"
    /// The search is not over, or ended before.
    case notReached = "not_reached"
    /// The phase was left out; the note says why.
    case skipped
    case running
    case finished
  }

  package let state: State
  /// Most architectures that the request wants.
  package let asked: Int
  /// Architectures chosen, and of those trained to the end.
  package let chosen: Int
  package let reached: Int
  /// Why they are fewer than asked.
  package let note: String?
  package let minTau: Double?
  /// True where τ's lower bound was below `minTau`, so that the finalists were chosen anew.
  package let fellBack: Bool
  /// nil until the phase is over, and where too few were trained.
  package let report: FidelityReport?

  private enum CodingKeys: String, CodingKey {
    case state, asked, chosen, reached, note, report
    case minTau = "min_tau"
    case fellBack = "fell_back"
  }

  /// The fidelity of a job by its rows.
  ///
  /// - Parameters:
  ///   - trials: at least the probes.
  ///   - isOver: the phase has ended, whatever the job's row says.
  package init(job: Job, trials: [Trial], runs: [FinalRun], isOver: Bool = false) {
    let request = job.request.fidelity
    let plan = job.finalPlan
    asked = request.share > 0 ? request.architectures : 0
    chosen = plan?.probes.count ?? 0
    minTau = request.minTau
    fellBack = plan?.fellBack ?? false
    let pairs = plan.map { JobFidelity.pairs($0, trials: trials, runs: runs) } ?? []
    reached = pairs.count
    let isOver = isOver || job.phase == .finalTraining || job.state.isFinal
    var note = plan?.probesNote
    guard request.share > 0 else {
      state = .notAsked
      report = nil
      self.note = nil
      return
    }
    guard let plan else {
      state = .notReached
      report = nil
      self.note = nil
      return
    }
    guard !plan.probes.isEmpty else {
      state = .skipped
      report = nil
      self.note = note
      return
    }
    state = isOver ? .finished : .running
    report =
      isOver ? FidelityReport(pairs, seed: UInt64(max(0, job.request.seed))) : nil
    if isOver, pairs.count < plan.probes.count {
      let missing = plan.probes.count - pairs.count
      let ends = "\(missing) of \(plan.probes.count) could not be trained to the end"
      note = note.map { "\($0); \(ends)" } ?? ends
    }
    self.note = note
  }

  private static func pairs(
    _ plan: FinalPlan, trials: [Trial], runs: [FinalRun]
  ) -> [FidelityReport.Pair] {
    var real: [Int: Double] = [:]
    for run in runs where plan.isProbe(run) && run.state == .completed {
      real[run.trial] = run.metrics[MetricName.validationAccuracy]
    }
    return trials.compactMap { trial in
      guard let accuracy = real[trial.number], let score = trial.searchAccuracy else { return nil }
      return FidelityReport.Pair(
        trial: trial.number, score: score, loss: trial.metrics[MetricName.searchLoss],
        accuracy: accuracy)
    }
  }
}
