import Architectures
import Domain
import Engine
import Testing

/// What every space with a supernet promises, on one setting of its parameters and one input shape.
struct CheckSupernet: CustomTestStringConvertible {
  let id: String
  var params: [String: JSONValue] = [:]
  var input = digits
  var classes = 10

  var testDescription: String { "\(id) \(params) on \(input)" }

  static let all: [CheckSupernet] = [
    CheckSupernet(id: "nasbench201-cell", params: ["width": 4]),
    CheckSupernet(
      id: "nasbench201-cell",
      params: ["width": 5, "operations": "few", "reduction": "projection", "cells_per_stage": 2],
      input: TensorShape(height: 7, width: 6, channels: 3), classes: 3),
    CheckSupernet(id: "darts-cell", params: ["filters": 4]),
    CheckSupernet(
      id: "darts-cell",
      params: ["cells": 4, "filters": 3, "nodes": 3, "operations": "small", "reductions": 2],
      input: TensorShape(height: 9, width: 7, channels: 2), classes: 4),
    CheckSupernet(id: "enas-macro", params: ["filters": 4]),
    CheckSupernet(
      id: "enas-macro", params: ["layers": 6, "filters": 3],
      input: TensorShape(height: 9, width: 7, channels: 2), classes: 4),
    CheckSupernet(id: "enas-micro", params: ["filters": 4]),
    CheckSupernet(
      id: "enas-micro", params: ["blocks": 4, "filters": 3, "reductions": 2],
      input: TensorShape(height: 9, width: 7, channels: 2), classes: 4),
  ]

  func space() throws -> any SearchSpace {
    try makeSpace(id, params: params)
  }

  func supernet(affine: Bool = true) throws -> Supernet {
    try Supernet(of: space(), input: input, classes: classes, affine: affine)
  }

  /// A network ready to run, on a batch that `seed` fills.
  func execution(_ network: (graph: Graph, logits: Graph.Node), seed: UInt64) throws -> Execution {
    let run = try Execution(
      Plan(
        network.graph, logits: network.logits, batch: 8,
        optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 0)))
    run.initialise(seed: 4)
    var generator = SeededGenerator(seed: seed)
    for index in run.inputs.indices { run.inputs[index] = Float(generator.unit()) - 0.5 }
    for index in run.labels.indices { run.labels[index] = Int32(generator.below(classes)) }
    return run
  }

  func genotype(_ number: Int) throws -> Genotype {
    var generator = SeededGenerator(jobSeed: 31, trial: number, purpose: .path)
    return try .random(in: space().points, using: &generator)
  }

  func child(_ genotype: Genotype) throws -> Architecture {
    try decode(id, genotype, params: params, input: input, classes: classes)
  }
}

extension Execution {
  /// Takes a genotype's path through a supernet.
  func follow(_ genotype: Genotype, of supernet: Supernet) throws {
    let branches = supernet.branches(of: genotype)
    for key in branches.keys.sorted() {
      guard let branch = branches[key] else { continue }
      try choose(.branch(branch), for: key)
    }
  }
}

@Suite struct SupernetConformanceTests {
  /// Dead parts are lowered in the child too: a convolution of zeros is none of zeros once its batch
  /// norm has learned a shift.
  @Test(arguments: CheckSupernet.all)
  func `a path of the supernet scores and learns as the child with copied weights`(
    check: CheckSupernet
  ) throws {
    let supernet = try check.supernet()
    let whole = try check.execution(supernet.graph(), seed: 9)
    // Weights and statistics that are no longer those of the start, and differ from branch to branch.
    for step in 0..<24 {
      try whole.follow(check.genotype(1000 + step), of: supernet)
      _ = whole.train(learningRate: 0.01, step: step, seed: 1)
    }
    let start = whole.weights()
    for number in 0..<20 {
      let genotype = try check.genotype(number)
      let alone = try check.execution(check.child(genotype).graph(keepsDead: true), seed: 9)
      try alone.load(start)
      try whole.load(start)
      try whole.follow(genotype, of: supernet)
      #expect(abs(whole.evaluate(rows: 8).loss - alone.evaluate(rows: 8).loss) < 1e-5)
      for (mine, its) in zip(whole.logits, alone.logits) {
        #expect(abs(mine - its) < 1e-5 * max(1, abs(its)), "\(genotype.decisions)")
      }
      for step in 0..<3 {
        let mine = whole.train(learningRate: 0.02, step: step, seed: 1).loss
        let its = alone.train(learningRate: 0.02, step: step, seed: 1).loss
        #expect(abs(mine - its) < 1e-4, "\(genotype.decisions), step \(step)")
      }
    }
  }

  @Test(arguments: CheckSupernet.all)
  func `mixtures that weigh one branch alone score as the child`(check: CheckSupernet) throws {
    let supernet = try check.supernet()
    let whole = try check.execution(supernet.graph(), seed: 9)
    for number in 0..<5 {
      let genotype = try check.genotype(number)
      let path = supernet.branches(of: genotype)
      for choice in supernet.choices {
        let taken = path[choice.key]
        whole.write(
          (0..<choice.branches).map { $0 == taken ? 50 : -50 }, to: .parameter(choice.key))
      }
      let alone = try check.execution(check.child(genotype).graph(keepsDead: true), seed: 9)
      try alone.load(whole.weights())
      _ = (whole.evaluate(rows: 8), alone.evaluate(rows: 8))
      for (mine, its) in zip(whole.logits, alone.logits) {
        #expect(abs(mine - its) < 1e-4 * max(1, abs(its)), "\(genotype.decisions)")
      }
    }
  }

  @Test(arguments: CheckSupernet.all)
  func `every node of every child stands in the supernet under the same key`(
    check: CheckSupernet
  ) throws {
    let supernet = try check.supernet()
    var byScope: [String: Supernet.Node] = [:]
    for node in supernet.nodes {
      #expect(byScope.updateValue(node, forKey: node.scope) == nil, "\(node.scope) stands twice")
    }
    for number in 0..<100 {
      for node in try check.child(check.genotype(number)).nodes {
        let twin = try #require(byScope[node.scope], "\(node.scope)")
        #expect(twin.role == .layer(node.layer) && twin.shape == node.shape)
        #expect(twin.parameters == node.parameters)
      }
    }
  }

  @Test(arguments: CheckSupernet.all)
  func `a genotype takes a branch of every active choice, and every branch is taken`(
    check: CheckSupernet
  ) throws {
    let supernet = try check.supernet()
    #expect(Set(supernet.choices.map(\.key)).count == supernet.choices.count)
    var taken: [String: Set<Int>] = [:]
    for number in 0..<400 {
      for (key, branch) in supernet.branches(of: try check.genotype(number)) {
        taken[key, default: []].insert(branch)
      }
    }
    for choice in supernet.choices {
      // The first node of a DARTS cell reads all its states, so its edges never carry nothing.
      let never: Set<Int> =
        choice.key.wholeMatch(of: #/(normal|reduction).edges.[01]/#) == nil ? [] : [0]
      #expect(taken[choice.key]?.union(never) == Set(0..<choice.branches), "\(choice.key)")
    }
  }

  @Test(arguments: CheckSupernet.all)
  func `without scale and shift, branches keep their other names`(check: CheckSupernet) throws {
    let scaled = try check.execution(check.supernet().graph(), seed: 9)
    let bare = try check.execution(check.supernet(affine: false).graph(), seed: 9)
    let (all, rest) = (Set(scaled.plan.keys), Set(bare.plan.keys))
    let gone = all.subtracting(rest)
    #expect(rest.isSubset(of: all) && !gone.isEmpty)
    #expect(gone.allSatisfy { $0.hasSuffix(".weight") || $0.hasSuffix(".bias") })
    for key in gone {
      let stem = key.prefix(through: key.lastIndex(of: ".") ?? key.startIndex)
      #expect(rest.contains(stem + "running_mean"), "\(key) is of a batch norm")
    }
    #expect(bare.train(learningRate: 0.02, step: 0, seed: 1).loss.isFinite)
  }
}
