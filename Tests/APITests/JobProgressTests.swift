import API
import APITestKit
import Domain
import Foundation
import Testing

/// How far a job is, by whatever bounds it.
@Suite struct JobProgressTests {
  private func job(phase: Job.Phase = .searching, seconds: Double? = nil) throws -> Job {
    var request = try Toy.job("job_1").request
    request.strategy = ComponentChoice("sharing", params: ["epochs": 20])
    request.budget.maxTrials = nil
    request.budget.maxSeconds = seconds
    var job = Job(
      id: "job_1", request: request, datasetDigest: Toy.content.digest, state: .running,
      created: Date(timeIntervalSince1970: 1_700_000_000))
    job.numerics = Numerics(engineVersion: "1", isa: "generic", threads: 1, supernetThreads: 2)
    job.phase = phase
    job.spentSeconds = 10
    return job
  }

  private func runs(_ epochs: Int...) -> [SupernetRun] {
    epochs.enumerated().map { index, epochs in
      var run = SupernetRun(round: index + 1)
      run.curve = (0..<epochs).map { Measurement(epoch: $0 + 1, metrics: [:], seconds: 0) }
      return run
    }
  }

  private func fraction(_ job: Job, _ runs: [SupernetRun]) throws -> Double? {
    try JobWire.json(job, best: nil, supernets: runs)["progress"]?["fraction"]?.doubleValue
  }

  @Test func `supernets without a limit of seconds are as far as their epochs`() throws {
    #expect(try fraction(job(), runs()) == 0)
    #expect(try fraction(job(), runs(0, 0)) == 0)
    #expect(try fraction(job(), runs(10, 0)) == 0.25)
    #expect(try fraction(job(), runs(20, 30)) == 1)
    var failed = runs(3, 10)
    failed[0].state = .failed
    #expect(try fraction(job(), failed) == 0.75)
    #expect(try fraction(job(phase: .finalTraining), []) == 1)
  }

  @Test func `seconds bound a job before epochs do`() throws {
    #expect(try fraction(job(seconds: 40), runs(20, 20)) == 0.25)
  }
}
