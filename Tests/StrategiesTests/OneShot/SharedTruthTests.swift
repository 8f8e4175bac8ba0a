import Domain
import Strategies
import Testing

@Suite struct SharedTruthTests {
  @Test func `repaired shared weights order the truth's networks, and intervals cover how well`()
    throws
  {
    let truth = try SharedTruth()
    let repaired = ToySupernet.parameters(
      PathSampling.singlePath,
      ["epochs": 50, "batch_size": 50, "tune_epochs": 1, "tune_rate": 0.05])
    let plain = ToySupernet.parameters(
      PathSampling.singlePath, ["epochs": 50, "batch_size": 50, "statistics": "running"])
    let found = try truth.agreement(repaired, seed: 1)
    let before = try truth.agreement(plain, seed: 1)
    #expect(found.all >= 0.4, "\(found.all); three seeds are in the bench")
    #expect(found.all > before.all, "\(found.all) after the repair, \(before.all) before")
    // Reports on 24 networks, one of each part of the ranking, as a job makes them.
    let order = found.pairs.indices.sorted { found.pairs[$0].shared > found.pairs[$1].shared }
    var covered = 0
    for resampling in 0..<400 {
      var generator = SeededGenerator(jobSeed: 7, purpose: .sample, step: resampling)
      let pairs = (0..<24).map { part in
        let start = part * order.count / 24
        let end = (part + 1) * order.count / 24
        let pair = found.pairs[order[start + generator.below(end - start)]]
        return FidelityReport.Pair(
          trial: part, score: pair.shared, loss: nil, accuracy: pair.real)
      }
      let report = try #require(
        FidelityReport(pairs, seed: UInt64(resampling), resamples: 400))
      if report.tau.low...report.tau.high ~= found.all { covered += 1 }
    }
    #expect(covered >= 360, "\(covered) of 400 intervals cover \(found.all)")
  }
}
