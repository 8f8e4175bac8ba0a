internal import Domain

/// The exact order of a search: trials finish as they like, but are observed by number, and candidate
/// n is proposed after trial n − L was observed and before trial n − L + 1 is.
struct SearchPhase: Sendable {
  /// A question to the strategy: take this trial in, then give a candidate.
  struct Step: Sendable {
    let observe: Trial?
    let draw: Draw?
  }

  /// Repeats in a row after which candidates are drawn at random.
  static let patience = 50
  /// Repeats in a row after which the space counts as exhausted.
  static let exhaustion = 500

  let parallelism: Int
  let maxTrials: Int?
  let countsRepeats: Bool
  let control: ControlShare?
  /// The first candidates, where a warm start found some.
  var given: [Genotype] = []
  /// Trials 1…observed were taken in by the strategy.
  private(set) var observed = 0
  /// Trials 1…proposed exist.
  private(set) var proposed = 0
  /// The strategy gave no candidate and is asked again after the next observation.
  private(set) var isDry = false
  private(set) var isConsulting = false
  /// The trial that the open question lets the strategy take in.
  private var observing: Trial?
  /// The observation under way ends the search, so nothing new is begun.
  private(set) var isClosing = false
  /// Proposed trials that repeat an earlier one, and those of them observed.
  private(set) var repeats = 0
  private(set) var observedRepeats = 0
  /// How many of the last proposals, without a break, were repeats.
  private(set) var repeatsInRow = 0
  /// Proposed trials that are uniform draws.
  private(set) var randoms = 0
  /// Proposed and not observed, by number.
  private(set) var outstanding: [Int: Trial] = [:]

  init(request: JobRequest) {
    parallelism = max(1, request.parallelism)
    maxTrials = request.budget.maxTrials
    countsRepeats = request.budget.countsRepeats
    control = ControlShare(request)
  }

  /// The phase as it was when a job was last saved.
  init(request: JobRequest, record: SearchRecord, trials: [Trial]) {
    self.init(request: request)
    observed = record.observed
    isDry = record.isDry
    for trial in trials {
      proposed += 1
      tally(trial)
      if trial.number > observed {
        outstanding[trial.number] = trial
      } else if trial.cachedFrom != nil {
        observedRepeats += 1
      }
    }
  }

  /// Numbers of the trials not observed, ascending.
  var waiting: [Int] { outstanding.keys.sorted() }

  /// The trial to observe next, once it has finished.
  var nextFinished: Trial? {
    guard let trial = outstanding[observed + 1], trial.state.isFinished else { return nil }
    return trial
  }

  /// True when there is nothing new to propose and nothing left to learn from.
  var isExhausted: Bool {
    (isDry || repeatsInRow >= SearchPhase.exhaustion) && outstanding.isEmpty && !isConsulting
  }

  /// Observed trials that count against the budget.
  var spent: Int { observed - (countsRepeats ? 0 : observedRepeats) }

  /// Opens the next question, or gives nil while one is open or none is due.
  ///
  /// What is due to be proposed is proposed before the next observation, so that the order does not
  /// depend on whether that trial has finished.
  /// - Parameters:
  ///   - isEnding: the search is over but for what has finished.
  ///   - closing: whether observing this trial ends the search, so that none is proposed.
  mutating func nextStep(isEnding: Bool, closing: (Trial) -> Bool) -> Step? {
    guard !isConsulting else { return nil }
    if !isEnding, !isDry, isWanted(after: observed) {
      isConsulting = true
      return Step(observe: nil, draw: nextDraw)
    }
    guard let next = nextFinished else { return nil }
    isClosing = isEnding || closing(next)
    isConsulting = true
    observing = next
    let isWanted = !isClosing && isWanted(after: observed + 1)
    return Step(observe: next, draw: isWanted ? nextDraw : nil)
  }

  private func isWanted(after count: Int) -> Bool {
    guard repeatsInRow < SearchPhase.exhaustion, proposed < count + parallelism else {
      return false
    }
    return maxTrials.map { proposed - (countsRepeats ? 0 : repeats) < $0 } ?? true
  }

  private var nextDraw: Draw {
    let number = proposed + 1
    if number <= given.count { return .given(given[number - 1]) }
    let isLost = repeatsInRow >= SearchPhase.patience
    let isControl =
      control?.isDue(number: number - (countsRepeats ? 0 : repeats), randoms: randoms) == true
    return isLost || isControl ? .random(number) : .strategy
  }

  /// Closes the question: takes its trial away as observed; the answer is added by `propose`.
  mutating func answered(isDry: Bool) -> Trial? {
    isConsulting = false
    self.isDry = isDry
    guard let trial = observing else { return nil }
    observing = nil
    outstanding[trial.number] = nil
    observed += 1
    if trial.cachedFrom != nil { observedRepeats += 1 }
    return trial
  }

  /// Adds a proposed trial, whose number is the next.
  mutating func add(_ trial: Trial) {
    proposed += 1
    outstanding[trial.number] = trial
    tally(trial)
  }

  private mutating func tally(_ trial: Trial) {
    if trial.candidate.isRandom { randoms += 1 }
    guard trial.cachedFrom != nil else {
      repeatsInRow = 0
      return
    }
    repeats += 1
    repeatsInRow += 1
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
