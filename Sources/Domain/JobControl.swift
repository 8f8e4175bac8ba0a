/// What the rim may ask of the job runner.
package protocol JobControl: Sendable {
  /// Stores a resolved job and queues it.
  func submit(_ job: Job, reply: IdempotentReply?) async throws
  /// Ends a job; the best so far stays. With `now` the trials in flight are dropped at once.
  ///
  /// - Throws: `ServiceError(.conflict)` naming the state when the job has ended otherwise.
  func cancel(_ id: String, now: Bool) async throws -> Job
  /// Lets the trials in flight end (or drops them) and holds the job.
  func pause(_ id: String, now: Bool) async throws -> Job
  /// Queues a paused job again.
  func resume(_ id: String) async throws -> Job
  /// Removes a finished job and the files only it used.
  func delete(_ id: String) async throws
  /// The result as far as it exists; nil before the first finished trial.
  func result(of id: String) async throws -> JobResult?
  /// Wakes whenever the job changed or logged; ends when the job does or the service stops.
  func changes(of id: String) async -> AsyncStream<Void>
  /// Workers alive and slots, for readiness and metrics.
  func capacity() async -> (workers: Int, slots: Int)
}

/// What a job found: the best architectures, retrained and tested.
package struct JobResult: Codable, Hashable, Sendable {
  /// A mean with its 95 % Student-t interval over retraining seeds.
  package struct Estimate: Codable, Hashable, Sendable {
    package let mean: Double
    /// nil below two values.
    package let low: Double?
    package let high: Double?
    package let values: [Double]

    package init(mean: Double, low: Double?, high: Double?, values: [Double]) {
      self.mean = mean
      self.low = low
      self.high = high
      self.values = values
    }
  }

  /// One architecture that the final phase retrained, or would.
  package struct Finalist: Codable, Hashable, Sendable {
    package let architecture: String
    package let fingerprint: String
    package let code: String
    package let trial: Int
    package let parameters: Int
    package let macs: Int
    /// Accuracy during the search, at the search's budget.
    package let searchAccuracy: Double
    /// Validation accuracy of the selection runs at the final length.
    package let validationAccuracy: Estimate?
    /// Test accuracy; only the winner has one.
    package let testAccuracy: Estimate?
    /// SHA-256 of the weights that an export gives by default.
    package let weights: String?
    /// True for a uniform draw: the best of the control is retrained beside the others.
    package let isRandom: Bool

    package init(
      architecture: String, fingerprint: String, code: String, trial: Int, parameters: Int,
      macs: Int, searchAccuracy: Double, validationAccuracy: Estimate?, testAccuracy: Estimate?,
      weights: String?, isRandom: Bool = false
    ) {
      self.architecture = architecture
      self.fingerprint = fingerprint
      self.code = code
      self.trial = trial
      self.parameters = parameters
      self.macs = macs
      self.searchAccuracy = searchAccuracy
      self.validationAccuracy = validationAccuracy
      self.testAccuracy = testAccuracy
      self.weights = weights
      self.isRandom = isRandom
    }

    private enum CodingKeys: String, CodingKey {
      case isRandom = "is_random"
      case architecture, fingerprint, code, trial, parameters, macs, weights
      case searchAccuracy = "search_accuracy"
      case validationAccuracy = "validation_accuracy"
      case testAccuracy = "test_accuracy"
    }
  }

  package let job: String
  package let state: Job.State
  package let stopReason: Job.StopReason?
  /// False where a time limit cut the search: another run agrees up to the cut.
  package let isReproducible: Bool
  package let digest: String?
  package let numerics: Numerics?
  package let finalPlan: FinalPlan?
  /// Winner first; before the final phase, the best trials so far.
  package let finalists: [Finalist]
  /// The strategy against the job's random trials; nil where either is missing, and for a search on
  /// shared weights.
  package let verdict: ControlVerdict?
  /// Trials whose training was saved since their network had been measured.
  package let repeatedTrials: Int
  /// The winner of a search on shared weights against random architectures; nil where there is none.
  package let rank: RankVerdict?
  /// How far the search's score can be trusted; only where it was asked for, since resampling takes
  /// its time.
  package var fidelity: JobFidelity?

  package init(
    job: String, state: Job.State, stopReason: Job.StopReason?, isReproducible: Bool,
    digest: String?, numerics: Numerics?, finalPlan: FinalPlan?, finalists: [Finalist],
    verdict: ControlVerdict? = nil, repeatedTrials: Int = 0, rank: RankVerdict? = nil,
    fidelity: JobFidelity? = nil
  ) {
    self.job = job
    self.state = state
    self.stopReason = stopReason
    self.isReproducible = isReproducible
    self.digest = digest
    self.numerics = numerics
    self.finalPlan = finalPlan
    self.finalists = finalists
    self.verdict = verdict
    self.repeatedTrials = repeatedTrials
    self.rank = rank
    self.fidelity = fidelity
  }

  private enum CodingKeys: String, CodingKey {
    case job, state, digest, numerics, finalists
    case stopReason = "stop_reason"
    case isReproducible = "reproducible"
    case finalPlan = "final_plan"
    case verdict, fidelity
    case rank = "rank_verdict"
    case repeatedTrials = "repeated_trials"
  }
}
