import Architectures
import Domain
import Engine
import Strategies
import Testing
import Training

@Suite struct ENASPolicyTests {
  @Test func `on frozen weights the policy's paths score higher than uniform ones`() throws {
    let space = try ToySupernet.space(
      "enas-micro", ["blocks": 2, "cells": 1, "filters": 4])
    var search = ENAS(
      space.points,
      ToySupernet.parameters(
        ENAS.entry,
        ["batch_size": 16, "epochs": 30, "warmup": 4, "reward_rows": 32, "policy_rate": 0.01]),
      seed: 1)
    let shared = try ToySupernet.shared(
      space, search.settings, samples: ToySupernet.samples(rows: 128))
    for epoch in 0..<30 { _ = try search.advance(shared, epoch: epoch, of: 30) }
    var generator = SeededGenerator(seed: 4)
    let policy = try (0..<200).map { _ in
      try shared.score(search.controller.sample(using: &generator).genotype, batches: 4).accuracy
    }
    let uniform = try (0..<200).map { _ in
      try shared.score(.random(in: space.points, using: &generator), batches: 4).accuracy
    }
    let test = MannWhitney(policy, against: uniform)
    #expect(test.pAbove < 0.01)
  }

  @Test func `shared weights rank random networks as training alone does, loosely`() throws {
    let truth = try BuiltinTruth()
    let task = TruthTask()
    let space = try SpaceRegistry.space(task.space)
    let supernet = try Supernet(of: space, input: TruthTask.input, classes: TruthTask.classes)
    var sum = 0.0
    for seed in 1...3 as ClosedRange<UInt64> {
      var search = ENAS(
        space.points, ToySupernet.parameters(ENAS.entry, ["batch_size": 50, "epochs": 30]),
        seed: seed)
      let shared = try SharedWeights(
        space, supernet,
        plan: try SharedWeights.plan(supernet, search.settings, batch: 50, isa: .best),
        samples: try task.samples(batchSize: 50, seed: seed), settings: search.settings, seed: seed)
      for epoch in 0..<30 { _ = try search.advance(shared, epoch: epoch, of: 30) }
      var generator = SeededGenerator(seed: seed)
      let pairs = try truth.table.graphs.shuffled(using: &generator).prefix(20).map { row in
        FidelityReport.Pair(
          trial: row, score: try shared.score(truth.table.genotypes[row]).accuracy, loss: nil,
          accuracy: truth.table.report.values[row])
      }
      sum += try #require(FidelityReport(pairs, seed: seed)).spearman.value
    }
    #expect(sum / 3 > 0.3, "\(sum / 3)")
  }
}
