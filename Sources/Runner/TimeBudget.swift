internal import Domain
internal import FoundationEssentials

/// What a job's seconds allow: how long the search may go on, and how large a final phase fits.
struct TimeBudget: Sendable {
  /// Largest share of the budget that is held back for the final phase.
  static let largestReserve = 0.4
  /// Largest share of the final phase that is held back to compare its winner with random networks.
  private static let largestComparison = 0.5
  /// Largest share of the budget that a warm start's draws take.
  private static let warmStart = 0.1
  /// Room for what the measured cost leaves out, such as starts and a slower network.
  private static let margin = 1.1
  /// What is held back beyond that, since the search ends a little after its limit.
  private static let slack = (factor: 1.1, seconds: 0.5)

  let maxSeconds: Double?
  let final: JobRequest.Final
  let fidelity: JobRequest.Fidelity
  let batchSize: Int
  let slots: Int
  /// Training samples of a trial; what only has to rank networks is not trained for less.
  let trialSamples: Int
  private let hasControl: Bool

  init(request: JobRequest, slots: Int) {
    maxSeconds = request.budget.maxSeconds
    final = request.final
    fidelity = request.fidelity
    batchSize = max(1, request.trial.batchSize)
    trialSamples = min(request.trial.samplesSeen, request.final.samplesSeen)
    self.slots = max(1, slots)
    hasControl = ControlShare(request) != nil
  }

  /// Seconds that a trial took, measured by its worker or else by its dates.
  static func seconds(of trial: Trial) -> Double? {
    if let seconds = trial.measured["train_seconds"] { return seconds }
    guard let started = trial.started, let finished = trial.finished else { return nil }
    return max(0, finished.timeIntervalSince(started))
  }

  /// Running seconds at which the search ends; nil where time is no limit.
  ///
  /// Before the first completed trial nothing is held back: without one there is nothing to retrain.
  ///
  /// - Parameter perSample: seconds a sample costs the slowest of the best so far.
  func searchLimit(perSample: Double?) -> Double? {
    guard let maxSeconds, let perSample else { return maxSeconds }
    let full = cost(
      top: final.top + (hasControl ? 1 : 0), seeds: final.seeds, samples: final.samplesSeen,
      perSample: perSample)
    let reserve = full * TimeBudget.slack.factor + TimeBudget.slack.seconds
    let probes =
      fidelity.share > 0
      ? cost(waves(fidelity.architectures), samples: final.samplesSeen, perSample: perSample) : 0
    return maxSeconds - min(TimeBudget.largestReserve * maxSeconds, reserve)
      - min(fidelity.share * maxSeconds, probes)
  }

  /// Running seconds at which supernets have to be derived from; nil where time is no limit.
  ///
  /// Nothing of the kind that is trained later has been measured then, so the most is held back.
  var supernetLimit: Double? {
    maxSeconds.map { $0 * (1 - TimeBudget.largestReserve - fidelity.share) }
  }

  /// Running seconds at which a warm start has to begin the search with what it drew; nil where time is
  /// no limit.
  var warmStartLimit: Double? { maxSeconds.map { $0 * TimeBudget.warmStart } }

  /// Seconds that the fidelity phase may take of those left; nil where time is no limit.
  func probeSeconds(spent: Double, perSample: Double) -> Double? {
    guard let maxSeconds, fidelity.share > 0 else { return maxSeconds.map { _ in 0 } }
    let left = max(0, maxSeconds - spent)
    let share = fidelity.share / (fidelity.share + TimeBudget.largestReserve)
    let most = min(fidelity.share * maxSeconds, share * left)
    guard perSample > 0 else { return most }
    return min(
      most, cost(waves(fidelity.architectures), samples: final.samplesSeen, perSample: perSample))
  }

  /// Running seconds at which the fidelity phase has to leave the rest to the final phase.
  func fidelityLimit(_ plan: FinalPlan, perSample: Double) -> Double? {
    guard let maxSeconds else { return nil }
    let most = TimeBudget.largestReserve * maxSeconds
    guard perSample > 0 else { return maxSeconds - most }
    let full =
      cost(
        top: plan.finalists?.count ?? plan.top, seeds: plan.seeds, samples: plan.samplesSeen,
        perSample: perSample) + leastComparison(perSample: perSample)
    return maxSeconds - min(most, full * TimeBudget.slack.factor + TimeBudget.slack.seconds)
  }

  /// Runs that fit some seconds: as asked; else shorter, down to the least length; else fewer.
  func fit(
    runs: Int, samples: Int, least: Int, seconds: Double, perSample: Double
  ) -> (runs: Int, samples: Int) {
    guard perSample > 0, runs > 0 else { return (runs, samples) }
    let full = cost(waves(runs), samples: samples, perSample: perSample)
    guard full > seconds else { return (runs, samples) }
    let least = min(samples, least)
    let batches = Int(max(0, Double(samples) * seconds / full)) / batchSize
    guard batches * batchSize < least else { return (runs, batches * batchSize) }
    let each = cost(1, samples: least, perSample: perSample)
    let places = Int(max(0, min(1e6, (seconds / each).rounded(.down))))
    return (min(runs, places * slots), least)
  }

  /// How the winner and its controls are trained in the seconds left once it is tested: with fewer
  /// seeds before shorter, and shorter before fewer, for the least p is one in their number.
  ///
  /// - Returns: how many controls, and their runs; nil where those are as the finalists'.
  func comparison(
    _ plan: FinalPlan, controls: Int, perSample: Double, spent: Double
  ) -> (controls: Int, runs: FinalPlan.Comparison?) {
    guard let maxSeconds, perSample > 0, controls > 0 else { return (controls, nil) }
    let tests = cost(waves(plan.seeds), samples: plan.samplesSeen, perSample: perSample)
    let left = (maxSeconds - spent - tests - TimeBudget.slack.seconds) / TimeBudget.slack.factor
    let fitting = (1...max(1, plan.seeds)).last { seeds in
      cost(waves((controls + 1) * seeds), samples: plan.samplesSeen, perSample: perSample) <= left
    }
    if let seeds = fitting {
      return (
        controls,
        seeds == plan.seeds ? nil : .init(seeds: seeds, samplesSeen: plan.samplesSeen)
      )
    }
    let fitted = fit(
      runs: controls + 1, samples: plan.samplesSeen, least: trialSamples, seconds: left,
      perSample: perSample)
    return (max(0, fitted.runs - 1), .init(seeds: 1, samplesSeen: fitted.samples))
  }

  /// How many of some further controls can still be trained as those before were.
  func further(_ controls: Int, as plan: FinalPlan, perSample: Double, left: Double) -> Int {
    guard perSample > 0, controls > 0 else { return max(0, controls) }
    let seeds = plan.comparisonRepetitions.count
    let samples = plan.comparison?.samplesSeen ?? plan.samplesSeen
    let seconds = (left - TimeBudget.slack.seconds) / TimeBudget.slack.factor
    return fit(
      runs: controls * seeds, samples: samples, least: samples, seconds: seconds,
      perSample: perSample
    ).runs / max(1, seeds)
  }

  /// Seconds of the least comparison that is worth having: each network once, as long as a trial.
  private func leastComparison(perSample: Double) -> Double {
    guard final.controls > 0 else { return 0 }
    return cost(waves(final.controls + 1), samples: trialSamples, perSample: perSample)
      * TimeBudget.slack.factor + TimeBudget.slack.seconds
  }

  /// The final phase that fits the time left: fewer finalists, then seeds, then samples.
  ///
  /// - Parameters:
  ///   - costs: seconds that a training sample cost each finalist, best first.
  ///   - extra: networks that are retrained beside the finalists.
  ///   - samples: of a run; nil: as many as asked for.
  ///   - kept: seconds that are kept for the fidelity phase.
  func plan(
    costs: [Double], extra: Int = 0, samples: Int? = nil, spent: Double, kept: Double? = nil
  ) -> FinalPlan {
    let samples = samples ?? final.samplesSeen
    var fitted = (top: min(final.top, costs.count), seeds: final.seeds, samples: samples)
    let top = fitted.top
    let full = FinalPlan(
      top: top, seeds: final.seeds, samplesSeen: samples, shrunkBecause: nil)
    guard let maxSeconds else { return full }
    let rest = max(0, maxSeconds - spent - (kept ?? 0))
    let comparison = leastComparison(perSample: costs.prefix(top).max() ?? 0)
    let left = rest - min(TimeBudget.largestComparison * rest, comparison)
    func estimate() -> Double {
      let slowest = costs.prefix(fitted.top).max() ?? 0
      return cost(
        top: fitted.top + extra, seeds: fitted.seeds, samples: fitted.samples,
        perSample: slowest)
    }
    let asked = estimate()
    guard asked > left else { return full }
    while fitted.top > 1, estimate() > left { fitted.top -= 1 }
    while fitted.seeds > 1, estimate() > left { fitted.seeds -= 1 }
    if estimate() > left {
      let batches = Int(Double(fitted.samples) * left / estimate()) / batchSize
      fitted.samples = min(fitted.samples, max(1, batches) * batchSize)
    }
    return FinalPlan(
      top: fitted.top, seeds: fitted.seeds, samplesSeen: fitted.samples,
      shrunkBecause: """
        \(round(asked)) s of final training were asked for and \(round(left)) s of the budget's \
        \(round(maxSeconds)) s are left: top \(top) → \(fitted.top), seeds \(final.seeds) → \
        \(fitted.seeds), samples seen \(final.samplesSeen) → \(fitted.samples)
        """)
  }

  private func cost(top: Int, seeds: Int, samples: Int, perSample: Double) -> Double {
    cost(waves(top * seeds) + waves(seeds), samples: samples, perSample: perSample)
  }

  private func cost(_ waves: Int, samples: Int, perSample: Double) -> Double {
    Double(waves) * Double(samples) * perSample * TimeBudget.margin
  }

  /// How often all slots are filled until so many runs are done.
  private func waves(_ runs: Int) -> Int { (runs + slots - 1) / slots }

  private func round(_ seconds: Double) -> Double {
    (seconds * 10).rounded() / 10
  }
}
