import Domain
import FoundationEssentials
import Runner
import Testing

@Suite struct JobDigestTests {
  private let job = Toy.job(Toy.request())

  private func trial(_ number: Int, accuracy: Double = 0.5) -> Trial {
    var trial = Trial(
      number: number, candidate: Candidate(Genotype([1, nil, 2])), code: "x", fingerprint: "a1-x")
    trial.state = .completed
    trial.metrics = [MetricName.searchAccuracy: accuracy]
    trial.curve = [Measurement(epoch: 1, metrics: [MetricName.trainLoss: 0.25], seconds: 1)]
    return trial
  }

  private func digest(_ trials: [Trial], runs: [FinalRun] = []) throws -> String {
    try JobDigest.digest(
      of: job, trials: trials, finalRuns: runs, weightsChain: JobDigest.emptyChain)
  }

  @Test func `what is measured or differs by attempt is not part of it`() throws {
    let plain = try digest([trial(1), trial(2)])
    var other = trial(2)
    other.attempt = 3
    other.started = Date()
    other.finished = Date()
    other.measured = ["train_seconds": 3]
    other.weights = "abc"
    other.failure = "words"
    other.curve = [Measurement(epoch: 1, metrics: [MetricName.trainLoss: 0.25], seconds: 9)]
    #expect(try digest([other, trial(1)]) == plain)
    var changed = job
    changed.spentSeconds = 7
    changed.numerics = Toy.numerics
    let again = try JobDigest.digest(
      of: changed, trials: [trial(1), trial(2)], finalRuns: [],
      weightsChain: JobDigest.emptyChain)
    #expect(again == plain)
  }

  @Test func `every result is part of it`() throws {
    let plain = try digest([trial(1)])
    var diverged = trial(1)
    diverged.state = .diverged
    var curve = trial(1)
    curve.curve = [Measurement(epoch: 1, metrics: [MetricName.trainLoss: nil], seconds: 1)]
    var run = FinalRun(stage: .test, trial: 1, repetition: 0, fingerprint: "a1-x")
    run.state = .completed
    let others = [
      try digest([trial(1, accuracy: 0.25)]), try digest([diverged]), try digest([curve]),
      try digest([trial(1), trial(2)]), try digest([trial(1)], runs: [run]),
      try JobDigest.digest(
        of: job, trials: [trial(1)], finalRuns: [],
        weightsChain: JobDigest.chain(JobDigest.emptyChain, trial: 1, weights: "abc")),
    ]
    #expect(Set(others + [plain]).count == others.count + 1)
  }

  @Test func `cancelled trials are absent`() throws {
    var cut = trial(2)
    cut.state = .cancelled
    #expect(try digest([trial(1), cut]) == (try digest([trial(1)])))
  }

  @Test func `numbers that are no numbers are null`() throws {
    var one = trial(1)
    one.curve = [Measurement(epoch: 1, metrics: [MetricName.trainLoss: .nan], seconds: 0)]
    var other = trial(1)
    other.curve = [Measurement(epoch: 1, metrics: [MetricName.trainLoss: nil], seconds: 0)]
    #expect(try digest([one]) == (try digest([other])))
  }

  @Test func `what supernets brought is part of it, what was measured of them is not`() throws {
    func digest(_ change: (inout SupernetRun) -> Void) throws -> String {
      var run = SupernetRun(round: 1)
      run.state = .completed
      run.candidates = [
        ScoredCandidate(
          genotype: Genotype([1, nil]), purposes: [.derived],
          metrics: [MetricName.searchAccuracy: 0.5])
      ]
      change(&run)
      return try JobDigest.digest(
        of: job, trials: [trial(1)], finalRuns: [], supernetRuns: [run],
        weightsChain: JobDigest.emptyChain)
    }
    let plain = try digest { _ in }
    #expect(plain == "4e703a20118e1ac7e323f4a039c0ae38d2e0aff00595d1bb1afbae6fe8e80633")
    let same: [(inout SupernetRun) -> Void] = [
      { $0.attempt = 4 }, { $0.measured = ["train_seconds": 3] }, { $0.warnings = ["words"] },
    ]
    for change in same { #expect(try digest(change) == plain) }
    let others = [
      try digest { $0.metrics["alpha_entropy"] = 1 }, try digest { $0.strengths = ["a": [1]] },
      try digest { $0.candidates = [] }, try digest { $0.state = .diverged },
      try digest { $0.curve = [Measurement(epoch: 1, metrics: [:], seconds: 0)] },
      try digest { $0.state = .cancelled },
    ]
    #expect(Set(others + [plain]).count == 7)
    var probe = trial(1)
    probe = Trial(
      number: 1, candidate: Candidate(Genotype([1, nil, 2]), isProbe: true), code: "x",
      fingerprint: "a1-x")
    probe.state = .completed
    probe.metrics = trial(1).metrics
    probe.curve = trial(1).curve
    #expect(try self.digest([probe]) != (try self.digest([trial(1)])))
  }

  @Test func `its form is pinned`() throws {
    let value = try digest([trial(1)])
    #expect(value == "d1b486536ea54536240997d57e722502e5b23b0354594f185004daf2225f639e")
  }
}
