/// One training of shared weights from its start to the candidates read off it.
package struct SupernetRun: Codable, Hashable, Sendable {
  /// From 1; each round has seeds of its own.
  package let round: Int
  package var state: Trial.State
  package var attempt: Int
  /// Functions of request and seed, at the end: what the strategy measured of itself.
  package var metrics: [String: Double]
  /// Measured quantities: `train_seconds`, `plan_seconds`, `arena_bytes`, ….
  package var measured: [String: Double]
  /// One measurement an epoch.
  package var curve: [Measurement]
  /// Choices of the supernet by key: how strong each branch is in the end, from 0 to 1.
  package var strengths: [String: [Double]]
  /// What is scored: the answer first, best first; then draws.
  package var candidates: [ScoredCandidate]
  /// What the watchdog had to say, in words; empty where nothing was suspicious.
  package var warnings: [String]
  package var failure: String?

  package init(round: Int) {
    self.round = round
    state = .pending
    attempt = 0
    metrics = [:]
    measured = [:]
    curve = []
    strengths = [:]
    candidates = []
    warnings = []
    failure = nil
  }
}

/// What a worker read off a trained supernet.
package struct Derivation: Codable, Hashable, Sendable {
  package let strengths: [String: [Double]]
  package let candidates: [ScoredCandidate]
  package let warnings: [String]

  package init(
    strengths: [String: [Double]], candidates: [ScoredCandidate], warnings: [String]
  ) {
    self.strengths = strengths
    self.candidates = candidates
    self.warnings = warnings
  }
}
