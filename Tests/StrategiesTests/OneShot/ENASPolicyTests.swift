import Domain
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
}
