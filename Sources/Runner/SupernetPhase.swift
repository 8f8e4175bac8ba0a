internal import Domain

/// What comes before a search's first proposal.
///
/// The supernets of a search on shared weights: all are trained, in any order, before the strategy is
/// told of those that completed, in order of round. Or a warm start's draws, scored in one round.
struct SupernetPhase: Sendable {
  /// How many there are; 0 where the first proposal needs none.
  let rounds: Int
  /// The strategy has been told.
  private(set) var isTold: Bool
  private(set) var isTelling = false
  private(set) var runs: [Int: SupernetRun] = [:]

  /// The phase as it was stored.
  init(rounds: Int, told: Int, runs: [SupernetRun]) {
    self.rounds = rounds
    isTold = told >= rounds
    for var run in runs {
      if run.state == .running { run.state = .pending }
      self.runs[run.round] = run
    }
  }

  /// All by round.
  var all: [SupernetRun] { runs.keys.sorted().compactMap { runs[$0] } }

  /// Those not begun or to be done again, by round.
  var pending: [SupernetRun] { all.filter { $0.state == .pending } }

  /// True when none is left to train.
  var isSettled: Bool { runs.count >= rounds && runs.values.allSatisfy(\.state.isFinished) }

  /// What the strategy learns from, by round.
  var completed: [SupernetRun] { all.filter { $0.state == .completed } }

  /// What a warm start found, best first.
  var starts: [Genotype] {
    completed.flatMap(\.candidates).filter { $0.purposes.contains(.start) }.map(\.genotype)
  }

  /// Seconds that training a derived network for one sample was measured to take; the slowest of them.
  var childCost: Double? {
    completed.compactMap { $0.measured["child_seconds_per_sample"] }
      .filter { $0.isFinite && $0 > 0 }.max()
  }

  /// Rounds that have no row yet get one.
  mutating func layOut() -> [SupernetRun] {
    let missing = (1...max(1, rounds)).filter { $0 <= rounds && runs[$0] == nil }
    for round in missing { runs[round] = SupernetRun(round: round) }
    return missing.compactMap { runs[$0] }
  }

  mutating func update(_ run: SupernetRun) {
    runs[run.round] = run
  }

  mutating func tell() {
    isTelling = true
  }

  mutating func told() {
    isTelling = false
    isTold = true
  }
}

extension SupernetRun {
  /// The run as a strategy may see it: without anything that is measured or differs by attempt.
  var observable: SupernetRun {
    var run = self
    run.attempt = 1
    run.measured = [:]
    run.curve = curve.map { Measurement(epoch: $0.epoch, metrics: $0.metrics, seconds: 0) }
    return run
  }
}
