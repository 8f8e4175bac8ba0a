package import Foundation

/// What a strategy proposes: a genotype, how much of the full trial budget it gets, whose weights it inherits.
package struct Candidate: Codable, Hashable, Sendable {
  package let genotype: Genotype
  /// Share of the job's trial budget, in (0, 1].
  package let fidelity: Double
  /// Number of the trial whose weights to inherit.
  package let parent: Int?
  /// True for a uniform draw from the space that no observation led to; such trials are the control.
  package let isRandom: Bool
  /// True where the algorithm asks to measure a known architecture anew: it trains, with new seeds.
  package let isReevaluation: Bool
  /// True where it was chosen to measure how far scores can be trusted: a finalist only where the job fell
  /// back on training alone.
  package let isProbe: Bool
  /// What shared weights scored it to, by `MetricName`; such a candidate is not trained as a trial.
  package let scores: [String: Double]?

  package init(
    _ genotype: Genotype, fidelity: Double = 1, parent: Int? = nil, isRandom: Bool = false,
    isReevaluation: Bool = false, isProbe: Bool = false, scores: [String: Double]? = nil
  ) {
    self.genotype = genotype
    self.fidelity = fidelity
    self.parent = parent
    self.isRandom = isRandom
    self.isReevaluation = isReevaluation
    self.isProbe = isProbe
    self.scores = scores
  }
}

/// What training reports at the end of an epoch.
package struct Measurement: Codable, Hashable, Sendable {
  /// Epochs trained so far, from 1.
  package let epoch: Int
  /// Functions of order and seed (`train_loss`, `validation_accuracy`, …); NaN is null in JSON.
  package let metrics: [String: Double?]
  /// Seconds of this attempt so far; measured, so not part of the digest.
  package let seconds: Double

  package init(epoch: Int, metrics: [String: Double?], seconds: Double) {
    self.epoch = epoch
    self.metrics = metrics
    self.seconds = seconds
  }
}

/// One candidate evaluated once at one budget; numbered from 1; never changes once finished.
package struct Trial: Codable, Hashable, Sendable {
  package enum State: String, Codable, Sendable, CaseIterable {
    case pending, running, completed
    case stoppedEarly = "stopped_early"
    case infeasible, diverged, failed, cancelled

    /// True for states that a trial does not leave.
    package var isFinished: Bool { self != .pending && self != .running }
  }

  package let number: Int
  package let candidate: Candidate
  package var state: State
  package var attempt: Int
  /// `a1-…`, known once the genotype was decoded; nil where it could not be.
  package var fingerprint: String?
  /// The genotype in the space's own notation.
  package var code: String
  /// Functions of order and seed: `search_accuracy`, `parameters`, `macs`, ….
  package var metrics: [String: Double]
  /// Measured quantities outside the digest: `train_seconds`, `plan_seconds`, `peak_memory_bytes`, ….
  package var measured: [String: Double]
  package var curve: [Measurement]
  /// Why it is infeasible, diverged or failed, in words.
  package var failure: String?
  /// SHA-256 of the stored weights, where they are kept.
  package var weights: String?
  /// Number of the earlier trial of the same network whose result this one repeats, untrained.
  package var cachedFrom: Int?
  package var started: Date?
  package var finished: Date?

  package init(number: Int, candidate: Candidate, code: String, fingerprint: String? = nil) {
    self.number = number
    self.candidate = candidate
    self.code = code
    self.fingerprint = fingerprint
    state = .pending
    attempt = 0
    metrics = [:]
    measured = [:]
    curve = []
    failure = nil
    weights = nil
    cachedFrom = nil
    started = nil
    finished = nil
  }

  /// The accuracy a strategy learns from, of a completed trial.
  package var searchAccuracy: Double? {
    state == .completed ? metrics[MetricName.searchAccuracy] : nil
  }
}
