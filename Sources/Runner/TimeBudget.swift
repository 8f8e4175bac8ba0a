internal import Domain
internal import FoundationEssentials

/// What a job's seconds allow: how long the search may go on, and how large a final phase fits.
struct TimeBudget: Sendable {
  /// Largest share of the budget that is held back for the final phase.
  static let largestReserve = 0.4
  /// Room for what the measured cost leaves out, such as starts and a slower network.
  private static let margin = 1.1
  /// What is held back beyond that, since the search ends a little after its limit.
  private static let slack = (factor: 1.1, seconds: 0.5)

  let maxSeconds: Double?
  let final: JobRequest.Final
  let fidelity: JobRequest.Fidelity
  let batchSize: Int
  let slots: Int
  private let hasControl: Bool

  init(request: JobRequest, slots: Int) {
    maxSeconds = request.budget.maxSeconds
    final = request.final
    fidelity = request.fidelity
    batchSize = max(1, request.trial.batchSize)
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
    let full = cost(
      top: plan.finalists?.count ?? plan.top, seeds: plan.seeds, samples: plan.samplesSeen,
      perSample: perSample)
    return maxSeconds - min(most, full * TimeBudget.slack.factor + TimeBudget.slack.seconds)
  }

  /// How many architectures can be trained once in some seconds; all where nothing was measured.
  func probes(in seconds: Double, samples: Int, perSample: Double) -> Int {
    guard perSample > 0 else { return .max }
    let each = cost(1, samples: samples, perSample: perSample)
    return Int(min(1e6, (seconds / each).rounded(.down))) * slots
  }

  /// How many random architectures can be retrained beside the winner after all else.
  func controls(_ plan: FinalPlan, perSample: Double, spent: Double) -> Int {
    guard let maxSeconds, perSample > 0 else { return .max }
    let own = cost(
      top: plan.finalists?.count ?? plan.top, seeds: plan.seeds, samples: plan.samplesSeen,
      perSample: perSample)
    let each = cost(1, samples: plan.samplesSeen, perSample: perSample)
    let places = ((maxSeconds - spent - own) / each).rounded(.down)
    let runs = Int(max(0, min(1e6, places))) * slots
    return max(0, runs / max(1, plan.seeds) - 1)
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
    let left = max(0, maxSeconds - spent - (kept ?? 0))
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
