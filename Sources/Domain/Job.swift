package import Foundation

/// One search asked for by a user.
package struct Job: Codable, Hashable, Sendable {
  package enum State: String, Codable, Sendable, CaseIterable {
    case queued, running, pausing, paused, cancelling, succeeded, failed, cancelled

    /// True for states that a job does not leave.
    package var isFinal: Bool { self == .succeeded || self == .failed || self == .cancelled }
  }

  package enum Phase: String, Codable, Sendable, CaseIterable {
    case searching
    /// Architectures are trained alone to measure how far the search's score can be trusted.
    case fidelity = "checking_fidelity"
    case finalTraining = "final_training"
    case exporting
  }

  package enum StopReason: String, Codable, Sendable, CaseIterable {
    case budgetTrials = "budget_trials"
    case budgetSeconds = "budget_seconds"
    case targetReached = "target_reached"
    case spaceExhausted = "space_exhausted"
    /// All candidates that shared weights scored were taken in.
    case searchFinished = "search_finished"
    case user
    case tooManyFailures = "too_many_failures"
    case error
  }

  package let id: String
  package let request: JobRequest
  /// The data set as it was when the job was made; its digest pins the bytes.
  package let datasetDigest: String
  package var state: State
  package var phase: Phase?
  package var stopReason: StopReason?
  /// Why the job failed, in words.
  package var failure: String?
  package var created: Date
  package var started: Date?
  package var finished: Date?
  /// Running seconds so far, over all restarts.
  package var spentSeconds: Double
  package var trialCounts: [Trial.State: Int]
  /// Trials that repeat the result of an earlier one, whose training was saved.
  package var repeatedTrials: Int
  /// Number of the completed trial with the best search accuracy.
  package var bestTrial: Int?
  package var bestSearchAccuracy: Double?
  /// Set when the job first runs; every attempt uses the same.
  package var numerics: Numerics?
  /// The final phase as it was shrunk to fit the time; nil until it is planned.
  package var finalPlan: FinalPlan?
  /// SHA-256 over request, trials and final results; set when the job ends.
  package var digest: String?
  /// Raised by every change; the source of the ETag.
  package var version: Int

  package init(
    id: String, request: JobRequest, datasetDigest: String, state: State, created: Date
  ) {
    self.id = id
    self.request = request
    self.datasetDigest = datasetDigest
    self.state = state
    phase = nil
    stopReason = nil
    failure = nil
    self.created = created
    started = nil
    finished = nil
    spentSeconds = 0
    trialCounts = [:]
    repeatedTrials = 0
    bestTrial = nil
    bestSearchAccuracy = nil
    numerics = nil
    finalPlan = nil
    digest = nil
    version = 1
  }

  /// Trials that reached an end.
  package var finishedTrials: Int {
    trialCounts.reduce(0) { $0 + ($1.key.isFinished ? $1.value : 0) }
  }

  /// Finished trials that count against the budget.
  package var spentTrials: Int {
    max(0, finishedTrials - (request.budget.countsRepeats ? 0 : repeatedTrials))
  }
}

/// What fixes the bits of a result besides the request: engine, instruction set and threads.
package struct Numerics: Codable, Hashable, Sendable {
  package let engineVersion: String
  /// `avx512`, `avx2` or `generic`.
  package let isa: String
  package let threads: Int
  /// Threads of a supernet's training, where the job has one.
  package let supernetThreads: Int?

  package init(engineVersion: String, isa: String, threads: Int, supernetThreads: Int? = nil) {
    self.engineVersion = engineVersion
    self.isa = isa
    self.threads = threads
    self.supernetThreads = supernetThreads
  }

  private enum CodingKeys: String, CodingKey {
    case engineVersion = "engine_version"
    case isa, threads
    case supernetThreads = "supernet_threads"
  }

  /// What an order of a role runs with.
  package func numerics(for role: WorkOrder.Role) -> Numerics {
    Numerics(
      engineVersion: engineVersion, isa: isa,
      threads: role == .supernet ? supernetThreads ?? threads : threads)
  }
}

/// One retraining run of the final phase.
package struct FinalRun: Codable, Hashable, Sendable {
  package enum Stage: String, Codable, Sendable {
    /// Trained on train, measured on validation: chooses the winner, probes the cheap score, and
    /// compares the winner with random architectures.
    case selection
    /// The winner, trained on train and validation, measured once on test.
    case test
  }

  package let stage: Stage
  /// Number of the trial whose architecture is retrained.
  package let trial: Int
  /// Which of the seeds, from 0.
  package let repetition: Int
  package var state: Trial.State
  package var attempt: Int
  package var fingerprint: String
  package var metrics: [String: Double]
  package var measured: [String: Double]
  package var curve: [Measurement]
  package var failure: String?
  package var weights: String?

  package init(stage: Stage, trial: Int, repetition: Int, fingerprint: String) {
    self.stage = stage
    self.trial = trial
    self.repetition = repetition
    state = .pending
    attempt = 0
    self.fingerprint = fingerprint
    metrics = [:]
    measured = [:]
    curve = []
    failure = nil
    weights = nil
  }
}
