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
  let batchSize: Int
  let slots: Int
  private let hasControl: Bool

  init(request: JobRequest, slots: Int) {
    maxSeconds = request.budget.maxSeconds
    final = request.final
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
    return maxSeconds - min(TimeBudget.largestReserve * maxSeconds, reserve)
  }

  /// The final phase that fits the time left: fewer finalists, then seeds, then samples.
  ///
  /// - Parameters:
  ///   - costs: seconds that a training sample cost each finalist, best first.
  ///   - extra: networks that are retrained beside the finalists.
  func plan(costs: [Double], extra: Int = 0, spent: Double) -> FinalPlan {
    var fitted = (top: min(final.top, costs.count), seeds: final.seeds, samples: final.samplesSeen)
    let top = fitted.top
    let full = FinalPlan(
      top: top, seeds: final.seeds, samplesSeen: final.samplesSeen, shrunkBecause: nil)
    guard let maxSeconds else { return full }
    let left = max(0, maxSeconds - spent)
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
    let waves = (top * seeds + slots - 1) / slots + (seeds + slots - 1) / slots
    return Double(waves) * Double(samples) * perSample * TimeBudget.margin
  }

  private func round(_ seconds: Double) -> Double {
    (seconds * 10).rounded() / 10
  }
}
