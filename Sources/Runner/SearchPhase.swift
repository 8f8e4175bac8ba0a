internal import Domain

/// The exact order of a search: trials finish as they like, but are observed by number, and candidate
/// n is proposed after trial n − L was observed and before trial n − L + 1 is.
struct SearchPhase: Sendable {
  /// A question to the strategy: take this trial in, then propose up to so many.
  struct Step: Sendable {
    let observe: Trial?
    let wanted: Int
  }

  let parallelism: Int
  let maxTrials: Int?
  /// Trials 1…observed were taken in by the strategy.
  private(set) var observed = 0
  /// Trials 1…proposed exist.
  private(set) var proposed = 0
  /// The strategy gave no candidate and is asked again after the next observation.
  private(set) var isDry = false
  private(set) var isConsulting = false
  /// The observation under way ends the search, so nothing new is begun.
  private(set) var isClosing = false
  /// Proposed and not observed, by number.
  private(set) var outstanding: [Int: Trial] = [:]

  init(request: JobRequest) {
    parallelism = max(1, request.parallelism)
    maxTrials = request.budget.maxTrials
  }

  /// The phase as it was when a job was last saved.
  init(request: JobRequest, record: SearchRecord, trials: [Trial]) {
    self.init(request: request)
    observed = record.observed
    isDry = record.isDry
    proposed = trials.count
    for trial in trials where trial.number > observed { outstanding[trial.number] = trial }
  }

  /// Numbers of the trials not observed, ascending.
  var waiting: [Int] { outstanding.keys.sorted() }

  /// The trial to observe next, once it has finished.
  var nextFinished: Trial? {
    guard let trial = outstanding[observed + 1], trial.state.isFinished else { return nil }
    return trial
  }

  /// True when the strategy has nothing to propose and nothing left to learn from.
  var isExhausted: Bool { isDry && outstanding.isEmpty && !isConsulting }

  /// Opens the next question, or gives nil while one is open or none is due.
  ///
  /// - Parameter closing: whether observing this trial ends the search, so that none is proposed.
  mutating func nextStep(closing: (Trial) -> Bool) -> Step? {
    guard !isConsulting else { return nil }
    if let next = nextFinished {
      isClosing = closing(next)
      isConsulting = true
      return Step(observe: next, wanted: isClosing ? 0 : wanted(after: observed + 1))
    }
    guard !isDry, wanted(after: observed) > 0 else { return nil }
    isConsulting = true
    return Step(observe: nil, wanted: wanted(after: observed))
  }

  private func wanted(after count: Int) -> Int {
    max(0, min(count + parallelism, maxTrials ?? .max) - proposed)
  }

  /// Closes the question: takes its trial away as observed; the answers are added by `propose`.
  mutating func answered(isDry: Bool) -> Trial? {
    isConsulting = false
    self.isDry = isDry
    guard let trial = nextFinished else { return nil }
    outstanding[trial.number] = nil
    observed += 1
    return trial
  }

  /// Adds a proposed trial, which gets the next number.
  mutating func propose(_ make: (Int) -> Trial) -> Trial {
    proposed += 1
    let trial = make(proposed)
    outstanding[proposed] = trial
    return trial
  }

  /// Replaces a trial that was not observed yet.
  mutating func update(_ trial: Trial) {
    outstanding[trial.number] = trial
  }

  /// Gives all trials that were not observed away, ascending: the search is over.
  mutating func cut() -> [Trial] {
    let trials = waiting.compactMap { outstanding[$0] }
    outstanding = [:]
    return trials
  }
}
