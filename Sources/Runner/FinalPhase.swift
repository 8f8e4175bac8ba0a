internal import Domain

/// What is retrained once the search is over: first, where asked, probes of the cheap score; then every
/// finalist with every seed, the winner on test, and the winner anew beside its controls.
struct FinalPhase: Sendable {
  private(set) var plan: FinalPlan
  private var genotypes: [Int: Genotype] = [:]
  private var fingerprints: [Int: String] = [:]
  /// In the order in which they were laid out.
  private(set) var runs: [FinalRun]

  /// The phase as it was stored, or an empty one.
  ///
  /// - Parameter trials: all that a run may be of.
  init(plan: FinalPlan, trials: some Sequence<Trial>, runs: [FinalRun]) {
    self.plan = plan
    self.runs = runs
    for trial in trials {
      genotypes[trial.number] = trial.candidate.genotype
      fingerprints[trial.number] = trial.fingerprint
    }
  }

  /// Takes another plan; what was laid out stays.
  mutating func replan(_ plan: FinalPlan) {
    self.plan = plan
  }

  /// Lays runs of a trial out that are missing or were cut, and gives them.
  mutating func layOut(
    _ stage: FinalRun.Stage, trial: Int, _ repetitions: Range<Int>
  ) -> [FinalRun] {
    var added: [FinalRun] = []
    for repetition in repetitions {
      let run = FinalRun(
        stage: stage, trial: trial, repetition: repetition,
        fingerprint: fingerprints[trial] ?? "")
      if var old = self.run(run.key) {
        guard old.state == .cancelled else { continue }
        old.state = .pending
        update(old)
        added.append(old)
      } else {
        runs.append(run)
        added.append(run)
      }
    }
    return added
  }

  /// The genotype to retrain.
  func genotype(of trial: Int) -> Genotype? { genotypes[trial] }

  /// The run that a key names.
  func run(_ key: OrderKey) -> FinalRun? { runs.first { $0.key == key } }

  /// Replaces a run.
  mutating func update(_ run: FinalRun) {
    guard let index = runs.firstIndex(where: { $0.key == run.key }) else { return }
    runs[index] = run
  }

  /// Runs to be done, what the winner waits for first and the comparison with controls last.
  var waiting: [FinalRun] {
    let pending = runs.filter { $0.state == .pending }
    let later = pending.filter { $0.stage == .test || plan.isComparison($0) }
    guard !later.isEmpty else { return pending }
    return pending.filter { $0.stage != .test && !plan.isComparison($0) }
      + later.filter { $0.stage == .test } + later.filter { $0.stage != .test }
  }

  /// True when no run is left to do in the stages laid out so far.
  var isSettled: Bool { runs.allSatisfy(\.state.isFinished) }

  /// True when the winner can be told.
  var isSelected: Bool { runs.allSatisfy { !plan.isSelection($0) || $0.state.isFinished } }

  var hasTestRuns: Bool { runs.contains { $0.stage == .test } }

  /// The trial with the best mean validation accuracy, ties to the lower number; nil where no
  /// selection run completed.
  ///
  /// A run that did not complete counts as accuracy 0: a network that cannot always be trained must
  /// not win by its lucky seeds.
  static func winner(of runs: [FinalRun], plan: FinalPlan?) -> Int? {
    ranking(of: runs, plan: plan).first
  }

  /// Finalists with at least one completed selection run, best mean validation accuracy first.
  static func ranking(of runs: [FinalRun], plan: FinalPlan?) -> [Int] {
    var sums: [Int: (sum: Double, count: Int, completed: Int)] = [:]
    for run in runs where plan?.isSelection(run) ?? (run.stage == .selection) {
      guard run.state.isFinished else { continue }
      var entry = sums[run.trial] ?? (0, 0, 0)
      entry.count += 1
      if run.state == .completed {
        entry.completed += 1
        entry.sum += run.metrics[MetricName.validationAccuracy] ?? 0
      }
      sums[run.trial] = entry
    }
    return sums.filter { $0.value.completed > 0 }
      .map { (trial: $0.key, mean: $0.value.sum / Double($0.value.count)) }
      .sorted { $0.mean != $1.mean ? $0.mean > $1.mean : $0.trial < $1.trial }
      .map(\.trial)
  }
}

extension FinalRun {
  /// Its name as work.
  var key: OrderKey {
    OrderKey(stage == .selection ? .selection : .test, trial, repetition)
  }
}
