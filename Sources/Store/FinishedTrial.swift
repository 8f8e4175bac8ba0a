internal import Domain

/// The rule that a finished trial never changes.
///
/// Two things may still be taken from it, nothing added: its weights, which are kept for the best
/// alone, and its standing, when the search was cut before the strategy observed it: it is then
/// cancelled and without a result.
enum FinishedTrial {
  /// Whether a finished trial may be saved like that: as it is, or with one of the two taken away.
  static func allows(_ old: Trial, _ new: Trial, of job: String) throws -> Bool {
    if new.state == .cancelled, old.state != .cancelled {
      return old.number == new.number && old.candidate == new.candidate && new.weights == nil
    }
    var kept = old
    if new.weights == nil { kept.weights = nil }
    return try TrialRow(kept, of: job) == TrialRow(new, of: job)
  }
}
