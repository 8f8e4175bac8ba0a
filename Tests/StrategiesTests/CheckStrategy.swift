import Architectures
import Domain
import Foundation
import Strategies
import Testing

/// What every strategy promises, on one kind of space.
struct CheckStrategy: CustomTestStringConvertible {
  let id: String
  let space: String
  let points: [DecisionPoint]
  let seed: UInt64 = 17

  var testDescription: String { "\(id) on \(space)" }

  /// Every registered strategy on every registered space it takes, and, where it takes every space, on
  /// two without a choice.
  static let all: [CheckStrategy] = StrategyRegistry.sampling.entries.flatMap { strategy in
    let id = strategy.id
    let registered = SpaceRegistry.all.entries.compactMap { entry in
      strategy.spaces?.contains(entry.id) == false
        ? nil
        : (try? entry.make(entry.defaults)).map {
          CheckStrategy(id: id, space: entry.id, points: $0.points)
        }
    }
    return strategy.spaces != nil
      ? registered
      : registered + [
        CheckStrategy(id: id, space: "none", points: []),
        CheckStrategy(id: id, space: "one value", points: [DecisionPoint("only", values: ["a"])]),
      ]
  }

  func entry() throws -> StrategyEntry {
    try #require(StrategyRegistry.all[id])
  }

  func context() throws -> StrategyContext {
    StrategyContext(
      points: points, parameters: try entry().defaults,
      objectives: [Objective(.accuracy, .maximise)], seed: seed)
  }

  /// A search with a fresh strategy.
  func search(lag: Int = 4) throws -> Search {
    Search(try entry().make(context()), lag: lag)
  }

  /// A smooth score with some noise that depends on the trial alone, so that restarts see the same.
  func score(_ trial: Trial) -> Ending {
    var generator = SeededGenerator(jobSeed: 3, trial: trial.number, purpose: .sample)
    let values = trial.candidate.genotype.decisions.compactMap { $0 }
    let sum = values.reduce(0, +)
    return .accuracy(Double(sum) / Double(8 * values.count + 1) + 0.02 * generator.unit())
  }
}

extension RegistryEntry {
  /// All parameters at their defaults.
  var defaults: Parameters {
    var faults: [Fault] = []
    return Parameters([:], for: parameters, at: "", faults: &faults)
  }
}

@Suite struct StrategyConformanceTests {
  /// The first 30 proposals of every strategy, hashed; a line for each.
  static let pins: [(id: String, pin: String)] = [
    ("random", "efc1b5b31445a18fd149050fe2272710648545ab50cc5dccbec47dffd4807e77"),
    ("regularized-evolution", "720eb125c26fb452d35ad35eb1e024168980a7fa92affbd9b7f8219d73af8a53"),
    ("block-qnn", "efc1b5b31445a18fd149050fe2272710648545ab50cc5dccbec47dffd4807e77"),
    ("eas", "ae7cf08dee12df2ec955f072755a18b64367e4b6a2b919ed08639c2398109d2a"),
    ("local-search", "3176e350149acce0c1457052678d2a0d6856a67f079cb49398a05ae04607eee0"),
    ("bananas", "71b8b0fb6c6cded843632a1f029461efe319409189458f45ef08a877b92dc682"),
    ("gaussian-process", "3205c900289d343ca31e854ba201c45822dabe4ce090cc9eb342d16cdd755a07"),
    ("nsga2", "0c346d3a31360120b4fba35c16d06af48e2e1b38121ac8f8643477a6087ff185"),
    ("tpe", "3fee0e134b314e504b2bd9516ca4573470823e96eb53ffab84d7126a19f34fc9"),
    ("bohb", "6d205bcb68813a67ab18f97d8bf1af098bbc01ba15c7ff0b008fffa21ba82a96"),
    ("nas-rl", "1947606b6642bfb6af4a7534bf72f07558d216c72860162cac5cc5360ff0c7b6"),
    ("nasnet-ppo", "2c07031d5ac01c51a314084ed932261b6b8ec8a379b4c2ce757949305edcd2a9"),
  ]

  @Test func `every strategy is checked, and its defaults are in range`() {
    #expect(
      StrategyRegistry.sampling.ids.sorted() == StrategyConformanceTests.pins.map(\.id).sorted())
    let bound = StrategyRegistry.sampling.entries.compactMap(\.spaces)
    #expect(
      CheckStrategy.all.count
        == (StrategyRegistry.sampling.ids.count - bound.count) * (SpaceRegistry.all.ids.count + 2)
        + bound.reduce(0) { $0 + $1.count })
    for entry in StrategyRegistry.sampling.entries {
      #expect(!entry.summary.isEmpty && entry.paper.contains("arXiv"), "\(entry.id)")
      for parameter in entry.parameters {
        #expect(parameter.fault(in: parameter.standard) == nil)
      }
    }
  }

  @Test(arguments: CheckStrategy.all, [1, 4, 64])
  func `proposals lie in the space`(check: CheckStrategy, lag: Int) throws {
    var search = try check.search(lag: lag)
    try search.run(to: 150, check.score)
    #expect(search.genotypes.allSatisfy { $0.lies(in: check.points) })
    #expect(search.trials.allSatisfy { $0.candidate.fidelity == 1 })
    #expect(search.orphans.isEmpty, "parents are observed, completed and declared")
  }

  @Test(arguments: CheckStrategy.all)
  func `saving, restoring and continuing equals not stopping`(check: CheckStrategy) throws {
    var whole = try check.search()
    try whole.run(to: 60, check.score)
    var stopped = try check.search()
    for count in 1...60 {
      let state = try JSONEncoder().encode(stopped.strategy)
      stopped.replace(try check.entry().restore(check.context(), Array(state)))
      try stopped.run(to: count, check.score)
    }
    #expect(stopped.genotypes == whole.genotypes)
  }

  @Test(arguments: CheckStrategy.all)
  func `a state that cannot be read is refused`(check: CheckStrategy) throws {
    for text in ["", "{}", "[1]"] {
      #expect(throws: ServiceError.self) {
        try check.entry().restore(check.context(), Array(text.utf8))
      }
    }
  }

  @Test(arguments: CheckStrategy.all)
  func `failures of every kind are survived`(check: CheckStrategy) throws {
    let endings =
      Trial.State.allCases.filter(\.isFinished).map { Ending(state: $0) } + [
        .accuracy(.nan), .accuracy(-.infinity),
        Ending(state: .diverged, metrics: ["search_accuracy": 2]),
      ]
    var mixed = try check.search()
    try mixed.run(to: 80) { endings[$0.number % endings.count] }
    var saved = try check.search()
    try saved.run(to: 40) { _ in Ending(state: .infeasible) }
    _ = try JSONEncoder().encode(mixed.strategy)
    #expect((mixed.genotypes + saved.genotypes).allSatisfy { $0.lies(in: check.points) })
  }

  @Test(arguments: CheckStrategy.all)
  func `a seed gives its own proposals, always the same`(check: CheckStrategy) throws {
    var first = try check.search()
    var second = try check.search()
    try first.run(to: 40, check.score)
    try second.run(to: 40, check.score)
    #expect(first.genotypes == second.genotypes)
    guard check.points.count > 1 else { return }
    let context = try StrategyContext(
      points: check.points, parameters: check.context().parameters, objectives: [], seed: 18)
    var other = Search(try check.entry().make(context), lag: 4)
    try other.run(to: 40, check.score)
    #expect(other.genotypes != first.genotypes)
  }

  @Test(arguments: pins)
  func `the first 30 proposals stay what they are`(id: String, pin: String) throws {
    let check = try #require(
      CheckStrategy.all.first {
        $0.id == id && $0.space == (id == "eas" ? "eas-chain" : "nasbench201-cell")
      })
    var search = try check.search()
    try search.run(to: 30, check.score)
    let text = search.genotypes.map { genotype in
      genotype.decisions.map { $0.map(String.init) ?? "-" }.joined(separator: " ")
    }
    #expect(Digest.sha256(text.joined(separator: "\n")) == pin, "\(id)")
  }
}
