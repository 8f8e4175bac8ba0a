internal import Domain

/// Counts how trials ended, to end a job that cannot come to anything.
///
/// Trials refused for an objective's limit before training cost nothing and are the strategy's to
/// learn from, so they are counted apart.
struct FailureTally: Sendable {
  private var counted = 0
  private var bad = 0
  private var refused = 0
  private var lastFailure: String?

  /// Takes an observed trial in.
  mutating func add(_ trial: Trial, keepsLimits: Bool) {
    guard keepsLimits || trial.state != .infeasible else {
      refused += 1
      lastFailure = trial.failure ?? lastFailure
      return
    }
    counted += 1
    guard trial.state == .failed || trial.state == .diverged || trial.state == .infeasible else {
      return
    }
    bad += 1
    lastFailure = trial.failure ?? lastFailure
  }

  /// Why to go on makes no sense, in words; nil where it does.
  var verdict: String? {
    let last = lastFailure.map { "; the last one: \($0)" } ?? ""
    if counted >= 20, bad == counted {
      return "all of the first \(counted) trials failed, diverged or were infeasible" + last
    }
    if counted >= 40, bad * 2 > counted {
      return "\(bad) of \(counted) trials failed, diverged or were infeasible" + last
    }
    if refused >= 1000, counted == 0 {
      return "none of the first \(refused) candidates keeps the objectives' limits" + last
    }
    return nil
  }
}
