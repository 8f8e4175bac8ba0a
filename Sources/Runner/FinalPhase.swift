internal import Domain

/// The last phase: every finalist retrained with every seed, then the winner alone tested.
struct FinalPhase: Sendable {
  let plan: FinalPlan
  private let genotypes: [Int: Genotype]
  private let fingerprints: [Int: String]
  /// Selection runs by finalist and repetition, then the winner's test runs.
  private(set) var runs: [FinalRun]

  /// Lays the selection runs out.
  ///
  /// - Parameter control: the best random trial, retrained beside the finalists with the same seeds.
  init(plan: FinalPlan, finalists: [Trial], control: Trial?) {
    var finalists = Array(finalists.prefix(plan.top))
    if let control, !finalists.contains(where: { $0.fingerprint == control.fingerprint }) {
      finalists.append(control)
    }
    self.init(plan: plan, trials: finalists, runs: [])
    for trial in finalists {
      for repetition in 0..<plan.seeds { add(.selection, trial: trial.number, repetition) }
    }
  }

  /// The phase as it was stored.
  init(plan: FinalPlan, trials: [Trial], runs: [FinalRun]) {
    self.plan = plan
    self.runs = runs
    let pairs = trials.map { ($0.number, $0) }
    genotypes = Dictionary(uniqueKeysWithValues: pairs).mapValues(\.candidate.genotype)
    fingerprints = Dictionary(uniqueKeysWithValues: pairs).compactMapValues(\.fingerprint)
  }

  private mutating func add(_ stage: FinalRun.Stage, trial: Int, _ repetition: Int) {
    runs.append(
      FinalRun(
        stage: stage, trial: trial, repetition: repetition,
        fingerprint: fingerprints[trial] ?? ""))
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

  /// True when no run is left to do in the stages laid out so far.
  var isSettled: Bool { runs.allSatisfy(\.state.isFinished) }

  var hasTestRuns: Bool { runs.contains { $0.stage == .test } }

  /// Lays the winner's test runs out.
  mutating func test(_ winner: Int) -> [FinalRun] {
    for repetition in 0..<plan.seeds { add(.test, trial: winner, repetition) }
    return runs.filter { $0.stage == .test }
  }

  /// The trial with the best mean validation accuracy, ties to the lower number; nil where no
  /// selection run completed.
  ///
  /// A run that did not complete counts as accuracy 0: a network that cannot always be trained must
  /// not win by its lucky seeds.
  static func winner(of runs: [FinalRun]) -> Int? {
    ranking(of: runs).first
  }

  /// Finalists with at least one completed selection run, best mean validation accuracy first.
  static func ranking(of runs: [FinalRun]) -> [Int] {
    var sums: [Int: (sum: Double, count: Int, completed: Int)] = [:]
    for run in runs where run.stage == .selection && run.state.isFinished {
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
