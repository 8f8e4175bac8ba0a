import Domain
import Foundation
import Store
import Testing

/// What every store promises of trials, final runs and architectures.
@Suite struct CheckStoreTrials {
  @Test(arguments: StoreKind.allCases)
  func `a trial comes back as it was saved, NaN and infinities too`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    var trial = Sample.trial(1)
    try await store.save(JobChange(job: Sample.job(), trials: [trial]))
    #expect(try await store.trial(1, of: "job_a") == trial)
    trial.state = .running
    trial.attempt = 2
    trial.fingerprint = "a1-x"
    trial.started = Sample.date + 1 / 3
    try await store.save(JobChange(job: Sample.job(), trials: [trial]))
    #expect(try await store.trial(1, of: "job_a") == trial)
    trial.state = .diverged
    trial.failure = "loss is \u{221E}"
    trial.metrics = ["train_loss": .nan, MetricName.macs: 1e300, MetricName.parameters: -0.0]
    trial.measured = ["train_seconds": .infinity]
    trial.curve = [
      Domain.Measurement(epoch: 1, metrics: ["a": nil, "b": -.infinity], seconds: 1e-9)
    ]
    try await store.save(JobChange(job: Sample.job(), trials: [trial]))
    let back = try #require(try await store.trial(1, of: "job_a"))
    #expect(back.metrics["train_loss"]?.isNaN == true)
    #expect(back.metrics[MetricName.macs] == 1e300)
    #expect(back.measured == trial.measured)
    #expect(back.curve == trial.curve)
    #expect(back.failure == trial.failure && back.started == trial.started)
    // Saved once more unchanged: nothing to refuse, though NaN differs from NaN.
    try await store.save(JobChange(job: Sample.job(), trials: [trial]))
    #expect(try await store.trial(2, of: "job_a") == nil)
    #expect(try await store.trial(1, of: "job_b") == nil)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases, Trial.State.allCases.filter(\.isFinished))
  func `a finished trial never changes`(_ kind: StoreKind, _ state: Trial.State) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    var trial = Sample.completed(7, accuracy: 0.5, weights: Sample.digest("w"))
    trial.state = state
    try await store.save(JobChange(job: Sample.job(), trials: [trial]))
    let changes: [(inout Trial) -> Void] = [
      { $0.state = .running },
      {
        $0.state = .completed; $0.metrics = [:]
      },
      { $0.curve.removeLast() }, { $0.attempt += 1 }, { $0.code = "" }, { $0.finished = nil },
      { $0.measured["x"] = 1 }, { $0.weights = Sample.digest("other") },
    ]
    for change in changes {
      var changed = trial
      change(&changed)
      let refused = await failure {
        try await store.save(JobChange(job: Sample.job(), trials: [changed]))
      }
      #expect(refused?.code == .conflict)
      #expect(refused?.message.contains("trial 7 ") == true)
    }
    #expect(try await store.trial(7, of: "job_a") == trial)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `weights may be dropped from a finished trial, and an unobserved one be cancelled`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    var trial = Sample.completed(1, accuracy: 0.5, weights: Sample.digest("w"))
    try await store.save(JobChange(job: Sample.job(), trials: [trial]))
    trial.weights = nil
    try await store.save(JobChange(job: Sample.job(), trials: [trial]))
    #expect(try await store.trial(1, of: "job_a") == trial)
    #expect(try await store.weightsInUse().isEmpty)
    var back = trial
    back.weights = Sample.digest("w")
    let refused = await failure {
      try await store.save(JobChange(job: Sample.job(), trials: [back]))
    }
    #expect(refused?.code == .conflict)
    trial.state = .cancelled
    trial.metrics = [:]
    trial.curve = []
    try await store.save(JobChange(job: Sample.job(), trials: [trial]))
    #expect(try await store.trial(1, of: "job_a") == trial)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `final runs are replaced by stage, trial and repetition and come in that order`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    let keys: [(FinalRun.Stage, Int, Int)] = [
      (.test, 3, 0), (.selection, 10, 1), (.selection, 10, 0), (.selection, 9, 0),
    ]
    let runs = keys.map {
      FinalRun(stage: $0.0, trial: $0.1, repetition: $0.2, fingerprint: "a1")
    }
    try await store.save(JobChange(job: Sample.job(), finalRuns: runs))
    var done = runs[2]
    done.state = .completed
    done.attempt = 2
    done.metrics = [MetricName.validationAccuracy: 0.1 + 0.2, "x": .infinity]
    done.measured = ["train_seconds": 2]
    done.curve = [Domain.Measurement(epoch: 1, metrics: ["a": nil], seconds: 1)]
    done.failure = "none"
    done.weights = Sample.digest("w")
    try await store.save(JobChange(job: Sample.job(), finalRuns: [done]))
    #expect(try await store.finalRuns(of: "job_a") == [runs[3], done, runs[1], runs[0]])
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `supernets are replaced by round, come in that order and go with their job`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    #expect(try await store.supernetRuns(of: "job_a").isEmpty)
    try await store.save(
      JobChange(
        job: Sample.job(),
        supernetRuns: [10, 2, 1].map { SupernetRun(round: $0) }))
    var done = MigrationSample.supernet
    done.measured["train_seconds"] = .infinity
    done.strengths["dead"] = [-.infinity]
    done.failure = "none"
    try await store.save(JobChange(job: Sample.job(), supernetRuns: [done]))
    #expect(
      try await store.supernetRuns(of: "job_a")
        == [done, SupernetRun(round: 2), SupernetRun(round: 10)])
    _ = try await store.delete(job: "job_a")
    #expect(try await store.supernetRuns(of: "job_a").isEmpty)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `a scored candidate comes back with its scores`(_ kind: StoreKind) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    let trials = [nil, [:], [MetricName.searchAccuracy: 0.1 + 0.2]].enumerated().map {
      (index, scores: [String: Double]?) in
      Trial(
        number: index + 1,
        candidate: Candidate(
          Genotype([index]), isRandom: index == 0, isProbe: index == 1, scores: scores),
        code: "")
    }
    try await store.save(JobChange(job: Sample.job(), trials: trials))
    #expect(try await store.allTrials(of: "job_a") == trials)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `an architecture leads to its job's trials with the same fingerprint`(
    _ kind: StoreKind
  ) async throws {
    let (store, hold) = try kind.open()
    for id in ["job_a", "job_b"] {
      try await store.create(Sample.job(id), reply: nil)
      try await store.save(
        JobChange(
          job: Sample.job(id),
          trials: [
            Sample.trial(12, fingerprint: "a1-x"), Sample.trial(3, fingerprint: "a1-x"),
            Sample.trial(4, fingerprint: "a1-y"), Sample.trial(5),
          ]))
    }
    let id = Identifier.architecture(job: "job_b", fingerprint: "a1-x")
    let record = ArchitectureRecord(
      id: id, job: "job_b", fingerprint: "a1-x", genotype: Genotype([3, 0, nil, 3]),
      trials: [3, 12])
    #expect(try await store.architecture(id) == record)
    #expect(try await store.architecture("arch_none") == nil)
    withExtendedLifetime(hold) {}
  }

  @Test(arguments: StoreKind.allCases)
  func `all trials come in order of number`(_ kind: StoreKind) async throws {
    let (store, hold) = try kind.open()
    try await store.create(Sample.job(), reply: nil)
    try await store.save(
      JobChange(job: Sample.job(), trials: [10, 2, 33, 1].map { Sample.trial($0) }))
    #expect(try await store.allTrials(of: "job_a").map(\.number) == [1, 2, 10, 33])
    withExtendedLifetime(hold) {}
  }
}
