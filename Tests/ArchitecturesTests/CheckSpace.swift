import Architectures
import Domain
import Engine
import Testing

/// What every space promises, on one setting of its parameters and one input shape.
struct CheckSpace: CustomTestStringConvertible {
  let id: String
  var params: [String: JSONValue] = [:]
  var input = digits
  var classes = 10

  var testDescription: String { "\(id) \(params) on \(input)" }

  /// Every space in its default setting and in others, on every kind of input it takes.
  static let all: [CheckSpace] = [
    CheckSpace(id: "nasbench201-cell"),
    CheckSpace(
      id: "nasbench201-cell", params: ["width": 5, "cells_per_stage": 2, "stages": 2],
      input: TensorShape(height: 7, width: 6, channels: 3), classes: 3),
    CheckSpace(
      id: "nasbench201-cell", params: ["operations": "few", "reduction": "projection"],
      input: TensorShape(height: 7, width: 6, channels: 3), classes: 3),
    CheckSpace(id: "nas-chain"),
    CheckSpace(id: "nas-chain", params: ["min_layers": 4]),
    CheckSpace(
      id: "nas-chain",
      params: ["layers": 6, "kernels": "1,3,5,7", "filters": "8,16,24", "strided_layers": 6],
      input: TensorShape(height: 9, width: 12, channels: 3), classes: 4),
    CheckSpace(id: "nas-chain", params: ["layers": 1], input: table),
    CheckSpace(id: "nasnet-cell"),
    CheckSpace(
      id: "nasnet-cell",
      params: [
        "blocks": 5, "operations": "all", "cells": 2, "filters": 5, "reductions": 2, "stem": 1,
        "keep": 0.6,
      ], input: TensorShape(height: 11, width: 9, channels: 3), classes: 4),
    CheckSpace(id: "nasnet-cell", params: ["combine": "add", "reductions": 0, "filters": 1]),
    CheckSpace(id: "mlp", input: table, classes: 3),
    CheckSpace(
      id: "mlp", params: ["max_layers": 8, "max_units": "1024"], input: table, classes: 2),
    CheckSpace(id: "mlp"),
    CheckSpace(id: "darts-cell"),
    CheckSpace(
      id: "darts-cell",
      params: [
        "cells": 4, "filters": 5, "nodes": 4, "reductions": 2, "stem": 1, "keep": 0.8,
      ], input: TensorShape(height: 11, width: 9, channels: 3), classes: 4),
    CheckSpace(
      id: "darts-cell",
      params: ["filters": 1, "nodes": 1, "operations": "small", "reductions": 0, "keep": 1]),
    CheckSpace(id: "enas-macro"),
    CheckSpace(
      id: "enas-macro", params: ["layers": 7, "filters": 5],
      input: TensorShape(height: 11, width: 9, channels: 3), classes: 4),
    CheckSpace(id: "enas-macro", params: ["layers": 1, "filters": 1], input: table),
    CheckSpace(id: "enas-micro"),
    CheckSpace(
      id: "enas-micro", params: ["blocks": 5, "cells": 3, "filters": 5, "reductions": 2],
      input: TensorShape(height: 11, width: 9, channels: 3), classes: 4),
    CheckSpace(
      id: "enas-micro", params: ["blocks": 1, "cells": 1, "filters": 1, "reductions": 0]),
    CheckSpace(id: "block-qnn"),
    CheckSpace(id: "eas-chain"),
    CheckSpace(
      id: "eas-chain",
      params: ["stages": 3, "max_depth": 2, "dense_depth": 3, "widths": "8,16,24,32,48"],
      input: TensorShape(height: 9, width: 12, channels: 3), classes: 4),
    CheckSpace(
      id: "block-qnn",
      params: ["layers": 7, "kernels": "1,3,5", "width": 6, "blocks_per_stage": 2, "stages": 3],
      input: TensorShape(height: 9, width: 12, channels: 3), classes: 4),
  ]

  func decodedSamples(_ count: Int) throws -> [Architecture] {
    let points = try makeSpace(id, params: params).points
    return try (0..<count).map { number in
      var generator = SeededGenerator(jobSeed: 21, trial: number, purpose: .sample)
      return try decode(
        id, .random(in: points, using: &generator), params: params, input: input, classes: classes)
    }
  }
}

@Suite struct SpaceConformanceTests {
  @Test func `every registered space is checked`() {
    #expect(Set(CheckSpace.all.map(\.id)) == Set(SpaceRegistry.all.ids))
    for entry in SpaceRegistry.all.entries {
      #expect(entry.version >= 1 && !entry.summary.isEmpty && !entry.inputs.isEmpty)
      for parameter in entry.parameters {
        #expect(parameter.fault(in: parameter.standard) == nil, "\(entry.id) \(parameter.name)")
      }
    }
  }

  @Test func `points have distinct names, at least one value, and conditions on earlier points`()
    throws
  {
    for check in CheckSpace.all {
      let points = try makeSpace(check.id, params: check.params).points
      #expect(Set(points.map(\.name)).count == points.count)
      for (index, point) in points.enumerated() {
        #expect(!point.values.isEmpty && Set(point.values).count == point.values.count)
        guard let condition = point.condition else { continue }
        #expect(condition.index < index)
        #expect(condition.values.allSatisfy(points[condition.index].values.indices.contains))
      }
    }
  }

  @Test(arguments: CheckSpace.all)
  func `500 samples decode into well-formed networks`(check: CheckSpace) throws {
    for architecture in try check.decodedSamples(500) {
      let nodes = architecture.nodes
      #expect(nodes[0].inputs.isEmpty && nodes[0].shape == check.input)
      #expect(nodes[architecture.output].shape == TensorShape(features: check.classes))
      #expect(Set(nodes.map(\.scope)).count == nodes.count, "scopes name nodes")
      for (index, node) in nodes.enumerated().dropFirst() {
        let inputs = node.inputs.map { nodes[$0].shape }
        #expect(node.id == index && node.inputs.allSatisfy { $0 < index })
        #expect(try node.layer.outputShape(inputs) == node.shape)
        #expect(node.parameters == node.layer.parameterCount(inputs[0]))
        #expect(node.macs == node.layer.macs(inputs[0], node.shape))
      }
      #expect(architecture.parameters <= nodes.reduce(0) { $0 + $1.parameters })
      #expect(architecture.fingerprint.wholeMatch(of: #/a1-[0-9a-f]{32}/#) != nil)
      let scopes = architecture.cells.flatMap(\.repeats)
      #expect(scopes.allSatisfy { scope in nodes.contains { $0.scope.hasPrefix(scope + ".") } })
    }
  }

  @Test(arguments: CheckSpace.all)
  func `a code is read back to its genotype, and decoding again changes nothing`(
    check: CheckSpace
  ) throws {
    let space = try makeSpace(check.id, params: check.params)
    for architecture in try check.decodedSamples(200) {
      #expect(try space.genotype(of: architecture.code) == architecture.genotype)
      let again = try decode(
        check.id, architecture.genotype, params: check.params, input: check.input,
        classes: check.classes)
      #expect(again == architecture)
    }
  }

  @Test(arguments: CheckSpace.all)
  func `what is not a code or not a genotype is refused in words`(check: CheckSpace) throws {
    let space = try makeSpace(check.id, params: check.params)
    for code in ["", "?", "|||", "3x3", "16-", "16-16-16-16-16-16-16-16-16", "16 drop 7", "-1x1:4"]
    {
      #expect(throws: SpaceError.self) { try space.genotype(of: code) }
    }
    let points = space.points
    for genotype in [[], Array(repeating: 99, count: points.count), [nil] + points.map { _ in 0 }] {
      #expect(throws: SpaceError.self) {
        try decode(
          check.id, Genotype(genotype), params: check.params, input: check.input,
          classes: check.classes)
      }
    }
  }

  @Test(arguments: CheckSpace.all)
  func `a planned sample has the architecture's tensors and parameters`(check: CheckSpace) throws {
    for architecture in try check.decodedSamples(40) where !architecture.live.isEmpty {
      let plan = try check.plan(architecture)
      let shapes = plan.keys.map { ($0, plan.shape(ofParameter: $0) ?? []) }
      #expect(Dictionary(uniqueKeysWithValues: shapes) == architecture.tensorShapes)
      #expect(plan.parameterCount == architecture.parameters)
    }
  }

  @Test(arguments: CheckSpace.all)
  func `samples train, with a finite loss that falls on one batch`(check: CheckSpace) throws {
    var first = 0.0
    var last = 0.0
    for architecture in try check.decodedSamples(8) where !architecture.live.isEmpty {
      let run = try Execution(check.plan(architecture))
      run.initialise(seed: 4)
      var generator = SeededGenerator(seed: 9)
      for index in run.inputs.indices { run.inputs[index] = Float(generator.unit()) - 0.5 }
      for index in run.labels.indices {
        run.labels[index] = Int32(generator.below(check.classes))
      }
      let losses = (0..<12).map { run.train(learningRate: 0.02, step: $0, seed: 1).loss }
      #expect(losses.allSatisfy { $0.isFinite })
      first += losses[0]
      last += losses[11]
    }
    #expect(last < first)
  }
}

extension CheckSpace {
  /// The training plan of a network, with a small batch and no momentum's surprises.
  func plan(_ architecture: Architecture) throws -> Plan {
    let (graph, logits) = try architecture.graph()
    return try Plan(
      graph, logits: logits, batch: 8,
      optimizer: .sgd(momentum: 0.9, nesterov: true, weightDecay: 0))
  }
}
