import Architectures
import Domain
import Engine
import Foundation
import Strategies
import Testing
import Training

/// What every search on shared weights promises, on each of its spaces.
struct CheckSupernetSearch: CustomTestStringConvertible {
  let entry: StrategyEntry
  let space: String

  var testDescription: String { "\(entry.id) on \(space)" }

  static let all = OneShotRegistry.entries.flatMap { entry in
    (entry.spaces ?? []).filter { SpaceRegistry.all[$0] != nil }
      .map { CheckSupernetSearch(entry: entry, space: $0) }
  }

  /// Small networks and short epochs.
  private static let sizes: [String: [String: JSONValue]] = [
    "nasbench201-cell": ["width": 8, "stages": 2],
    "darts-cell": ["cells": 3, "filters": 8, "nodes": 2],
    "enas-micro": ["blocks": 2, "cells": 1, "filters": 4],
    "enas-macro": ["layers": 3, "filters": 4],
  ]

  func make(
    saved: Data? = nil
  ) throws -> (space: any SearchSpace, search: any SupernetSearch) {
    let space = try ToySupernet.space(space, CheckSupernetSearch.sizes[space] ?? [:])
    var params: [String: JSONValue] = ["batch_size": 16, "epochs": 3, "draws": 24]
    for (name, value) in ["warmup": 0, "samples": 30, "policy_steps": 2] as [String: JSONValue]
    where entry.parameters.contains(where: { $0.name == name }) {
      params[name] = value
    }
    return (
      space,
      try OneShotRegistry.search(
        ComponentChoice(entry.id, params: params), points: space.points, round: 1, seed: 9,
        saved: saved)
    )
  }
}

@Suite struct SupernetSearchTests {
  @Test(arguments: CheckSupernetSearch.all)
  func `saving, restoring and continuing equals not stopping`(_ check: CheckSupernetSearch) throws {
    var (space, whole) = try check.make()
    let steady = try ToySupernet.shared(space, whole.settings)
    var curve: [[String: Double?]] = []
    for epoch in 0..<3 { curve.append(try whole.advance(steady, epoch: epoch, of: 3)) }

    var (_, stopped) = try check.make()
    var shared = try ToySupernet.shared(space, stopped.settings)
    for epoch in 0..<3 {
      let metrics = try stopped.advance(shared, epoch: epoch, of: 3)
      #expect(metrics == curve[epoch], "epoch \(epoch)")
      let state = shared.state
      let saved = try JSONEncoder().encode(stopped)
      (_, stopped) = try check.make(saved: saved)
      shared = try ToySupernet.shared(space, stopped.settings, seed: 5)
      try shared.restore(state)
    }
    #expect(shared.flatWeights == steady.flatWeights)
    #expect(try stopped.answers(shared) == whole.answers(steady))
    #expect(stopped.strengths == whole.strengths)
  }

  @Test(arguments: CheckSupernetSearch.all)
  func `answers lie in the space, are distinct and best first`(
    _ check: CheckSupernetSearch
  ) throws {
    var (space, search) = try check.make()
    let shared = try ToySupernet.shared(space, search.settings)
    for epoch in 0..<2 { _ = try search.advance(shared, epoch: epoch, of: 2) }
    let weights = shared.flatWeights
    let answers = try search.answers(shared)
    #expect(!answers.isEmpty)
    #expect(answers.allSatisfy { $0.genotype.lies(in: space.points) })
    #expect(Set(answers.map(\.genotype)).count == answers.count)
    for (one, next) in zip(answers, answers.dropFirst()) {
      #expect(!ScoredGenotype.isBetter(next, one))
    }
    #expect(shared.flatWeights == weights, "scoring changes nothing")
    let strengths = search.strengths
    for choice in shared.supernet.choices where !strengths.isEmpty {
      let shares = try #require(strengths[choice.key])
      #expect(shares.count == choice.branches && abs(shares.reduce(0, +) - 1) < 1e-9)
    }
  }

  @Test(arguments: CheckSupernetSearch.all)
  func `it learns`(_ check: CheckSupernetSearch) throws {
    var (space, search) = try check.make()
    let shared = try ToySupernet.shared(space, search.settings)
    var losses: [Double] = []
    for epoch in 0..<10 {
      let metrics = try search.advance(shared, epoch: epoch, of: 10)
      losses.append(try #require(metrics[MetricName.trainLoss] ?? nil))
    }
    #expect(losses[9] < losses[0], "\(losses)")
  }

  @Test(arguments: CheckSupernetSearch.all)
  func `an interruption is heard`(_ check: CheckSupernetSearch) throws {
    var (space, search) = try check.make()
    let shared = try ToySupernet.shared(space, search.settings, isOver: { true })
    #expect(throws: SharedWeights.Interrupted.self) {
      try search.advance(shared, epoch: 0, of: 3)
    }
  }

  @Test func `a damaged state and an unknown search are refused`() throws {
    let space = try ToySupernet.space("nasbench201-cell")
    #expect(throws: DecodingError.self) {
      try OneShotRegistry.search(
        ComponentChoice("enas"), points: space.points, round: 1, seed: 1, saved: Data("{}".utf8))
    }
    #expect(throws: ServiceError.self) {
      try OneShotRegistry.search(
        ComponentChoice("random"), points: space.points, round: 1, seed: 1)
    }
  }
}
