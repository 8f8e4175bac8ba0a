internal import Domain

/// Makes a job's work orders from the machine's assignments and what is the same in all of them.
struct OrderSource: Sendable {
  let job: Job
  let numerics: Numerics
  let content: DatasetContent
  let datasetPath: String
  let weights: any WeightStore
  let memoryLimitBytes: Int

  /// The complete order of an assignment.
  ///
  /// Every order of a trial is to store its weights: whether a trial is among the best is known only when it is
  /// observed, after trials that may still be running. Those not needed are removed there.
  func order(_ assignment: Assignment) -> WorkOrder {
    let isSupernet = assignment.key.role == .supernet
    let sharesWeights = isSupernet && job.request.warmStart == nil
    return WorkOrder(
      job: job.id, role: assignment.key.role, number: assignment.key.number,
      repetition: assignment.key.repetition, attempt: assignment.attempt,
      seed: UInt64(max(0, job.request.seed)), space: job.request.space,
      genotype: assignment.genotype, datasetPath: datasetPath, dataset: content,
      schedule: assignment.schedule, hurdles: assignment.hurdles,
      proxies: assignment.key.role == .trial ? job.request.proxies : [],
      filter: assignment.isFiltered ? job.request.filter : nil,
      warmStart: isSupernet ? job.request.warmStart : nil,
      measuresLatency: assignment.key.role == .trial
        && job.request.objectives.contains { $0.metric == .latency },
      strategy: sharesWeights ? job.request.strategy : nil,
      checkpoint: sharesWeights
        ? weights.checkpoint(job: job.id, round: assignment.key.number) : nil,
      parentWeights: assignment.parentWeights.map(weights.path),
      parentGenotype: assignment.parentGenotype,
      weightsFolder: assignment.keepsWeights ? weights.folder : nil,
      secondsLeft: assignment.secondsLeft,
      memoryLimitBytes: memoryLimitBytes,
      numerics: numerics.numerics(for: assignment.key.role))
  }
}
