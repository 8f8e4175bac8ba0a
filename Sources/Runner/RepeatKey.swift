internal import Domain

/// What decides a trial's result beside the job's request: equal keys need not be trained twice.
struct RepeatKey: Hashable, Sendable {
  /// The network's fingerprint, or the genotype that is none.
  private let network: String
  /// Training samples.
  private let samples: Int
  /// Number of the trial whose weights are inherited.
  private let parent: Int?
  /// Whether the request's filter judges it first.
  private let isFiltered: Bool

  /// - Parameter parent: the trial whose weights are inherited; of repeats, the original.
  init(_ trial: Trial, samples: Int, parent: Int?, isFiltered: Bool = false) {
    network = trial.fingerprint ?? "\(trial.candidate.genotype.decisions)"
    self.samples = samples
    self.parent = parent
    self.isFiltered = isFiltered
  }
}

extension Trial {
  /// True for a trial whose result later ones may repeat.
  var isOriginal: Bool {
    // A network that was refused before it was trained has its reason from its own candidate.
    let isRefused = state == .infeasible && attempt == 0 && fingerprint != nil
    return cachedFrom == nil && !candidate.isReevaluation && candidate.scores == nil && !isRefused
  }
}
