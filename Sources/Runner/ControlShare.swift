internal import Domain

/// The share of a job's trials that are uniform draws, so that every job says what its strategy was
/// worth: at least ten of them, or none where ten would be more than a quarter of the budget.
///
/// They are spread evenly; draws that the strategy makes at random itself, such as its first ones,
/// count among them.
struct ControlShare: Hashable, Sendable {
  /// Fewest random trials that say anything.
  static let least = 10
  /// Largest share that the least number may take.
  private static let largestLeast = 0.25

  private let share: Double
  private let maxTrials: Int?

  /// nil where the job has no control, or is random search itself.
  init?(_ request: JobRequest) {
    guard request.control > 0, request.strategy.name != "random" else { return nil }
    share = request.control
    maxTrials = request.budget.maxTrials
    if let maxTrials, Double(ControlShare.least) > ControlShare.largestLeast * Double(maxTrials) {
      return nil
    }
  }

  /// Whether a trial has to be random, given how many before it were.
  ///
  /// - Parameter number: of the trial among those that count against the budget, from 1.
  func isDue(number: Int, randoms: Int) -> Bool {
    randoms < quota(number)
  }

  /// Random trials among the first `number`.
  private func quota(_ number: Int) -> Int {
    if let maxTrials {
      let total = max(ControlShare.least, Int((share * Double(maxTrials)).rounded(.up)))
      return min(total, total * number / maxTrials)
    }
    let early = Int(ControlShare.largestLeast * Double(number))
    return max(min(ControlShare.least, early), Int(share * Double(number)))
  }
}
