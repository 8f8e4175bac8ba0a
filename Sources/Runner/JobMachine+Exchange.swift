package import Domain

// What goes into a machine, and what comes out.
extension JobMachine {
  /// What happened.
  package enum Event: Sendable {
    /// The job got its turn.
    case begin
    case consulted(Consultation)
    /// The job cannot go on: the strategy threw, the store or the data set is gone.
    case broken(reason: String)
    case measured(OrderKey, Measurement)
    case ended(OrderKey, Outcome)
    /// The pause after a lost attempt is over.
    case rested(OrderKey)
    /// Time passed.
    case tick
    case command(JobCommand)
    /// The service stops: nothing new, drop what is in flight, keep the job's state.
    case suspend
  }

  /// What to do about it, in order.
  package enum Effect: Sendable {
    case run(Assignment)
    /// Ends an order in flight; its outcome still comes.
    case drop(OrderKey, attempt: Int)
    /// Lets the strategy take a trial in, then gives a candidate where one is wanted.
    case consult(observe: Trial?, draw: Draw?)
    /// Lets the strategy take in what its supernets brought, by round.
    case tell([SupernetRun])
    /// Sends `.rested` after so many seconds.
    case rest(OrderKey, seconds: Double)
    case save(JobChange)
    /// The last save; the digest is still to be filled in.
    case conclude(JobChange, weightsChain: String)
    /// Weights that the job does not name any longer.
    case discard([String])
    /// The job's supernets need their checkpoints no longer.
    case forgetCheckpoints
    /// Nothing follows: the job ended, or is held.
    case leave
  }
}

extension JobMachine.Event {
  var isTick: Bool {
    if case .tick = self { true } else { false }
  }
}
