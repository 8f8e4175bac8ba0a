import Architectures
import Domain
import Engine
import Testing

/// A network written by hand, for the rules of the fingerprint.
private struct HandSpace: SearchSpace {
  let points: [DecisionPoint] = []
  let cardinality = "1"
  let build: @Sendable (inout ChildBuilder) throws -> Int

  func describe<Builder: NetworkBuilder>(into builder: inout Builder) throws -> Builder.Value {
    guard var child = builder as? ChildBuilder else { throw SpaceError("children only") }
    let value = try build(&child)
    guard let result = value as? Builder.Value, let built = child as? Builder else {
      throw SpaceError("children only")
    }
    builder = built
    return result
  }

  func code(of genotype: Genotype) -> String { "" }
  func genotype(of code: String) throws -> Genotype { Genotype([]) }
}

private func network(
  _ input: TensorShape = digits, classes: Int = 10,
  _ build: @escaping @Sendable (inout ChildBuilder) throws -> Int
) throws -> Architecture {
  try Architecture(
    of: HandSpace(build: build), named: ComponentChoice("hand"), version: 1,
    genotype: Genotype([]), input: input, classes: classes)
}

extension ChildBuilder {
  fileprivate mutating func conv(_ input: Int, _ filters: Int = 4) throws -> Int {
    try apply(.conv(filters, kernel: 3), [input], named: "conv\(nodes.count)")
  }

  fileprivate mutating func add(_ inputs: Int...) throws -> Int {
    try apply(.add, inputs, named: "add\(nodes.count)")
  }

  fileprivate mutating func layer(_ layer: Layer, _ inputs: Int...) throws -> Int {
    try apply(layer, inputs, named: "\(layer.name)\(nodes.count)")
  }
}

@Suite struct CanonicalTests {
  @Test func `a sum does not depend on order or nesting, nor on skips between`() throws {
    let plain = try network { net in
      let (a, b, c) = (
        try net.conv(0, 4), try net.layer(.conv(4, kernel: 1), 0),
        try net.layer(.conv(4, kernel: 5), 0)
      )
      return try net.add(a, b, c)
    }
    let nested = try network { net in
      let c = try net.layer(.conv(4, kernel: 5), 0)
      let b = try net.layer(.conv(4, kernel: 1), 0)
      let inner = try net.layer(.identity, try net.add(c, b))
      return try net.add(inner, try net.conv(0, 4))
    }
    #expect(plain.fingerprint == nested.fingerprint)
  }

  @Test func `a term added twice is not the term`() throws {
    let once = try network { try $0.conv(0) }
    let twice = try network { net in
      let conv = try net.conv(0)
      return try net.add(conv, try net.layer(.identity, conv))
    }
    let thrice = try network { net in
      let conv = try net.conv(0)
      return try net.add(conv, conv, conv)
    }
    #expect(Set([once, twice, thrice].map(\.fingerprint)).count == 3)
  }

  @Test func `a concatenation keeps its order`() throws {
    func joined(_ first: Int, _ second: Int) throws -> String {
      try network { net in
        let a = try net.layer(.conv(4, kernel: first), 0)
        let b = try net.layer(.conv(4, kernel: second), 0)
        return try net.layer(.concat, a, b)
      }.fingerprint
    }
    #expect(try joined(1, 3) != joined(3, 1))
    #expect(try joined(1, 3) == joined(1, 3))
  }

  @Test func `zeros vanish from sums and stay in concatenations`() throws {
    let conv = try network { try $0.conv(0) }
    let withZero = try network { net in
      let zero = try net.layer(.zero(stride: 1), try net.conv(0))
      let dead = try net.layer(.relu, zero)
      return try net.add(dead, try net.conv(0))
    }
    #expect(conv.fingerprint == withZero.fingerprint)
    #expect(withZero.dead.count == 3 && withZero.parameters == conv.parameters)
    let wide = try network { net in
      let zero = try net.layer(.zero(stride: 1), 0)
      return try net.layer(.concat, try net.conv(0), zero)
    }
    #expect(wide.dead.isEmpty && wide.fingerprint != conv.fingerprint)
    let (graph, logits) = try wide.graph()
    #expect(graph.shape(of: logits).channels == 5)
  }

  @Test func `input shape, widths, classes and every size of a layer count`() throws {
    let layers: [Layer] = [
      .conv(4, kernel: 3), .conv(5, kernel: 3), .conv(4, kernel: 1),
      .conv(4, kernel: 3, dilation: 2),
      .conv(4, kernel: 3, bias: true), .batchNorm(affine: true), .batchNorm(affine: false), .relu,
      .maxPool(kernel: 3, stride: 1, padding: 1), .averagePool(kernel: 3, stride: 1, padding: 1),
      .globalAveragePool, .linear(units: 4, bias: true), .linear(units: 4, bias: false),
      .spatialPad(height: 9, width: 8), .dropout(rate: 0.1), .dropout(rate: 0.2), .identity,
    ]
    var seen = Set(try layers.map { layer in try network { try $0.layer(layer, 0) }.fingerprint })
    #expect(seen.count == layers.count)
    seen.insert(try network(classes: 9) { try $0.conv(0) }.fingerprint)
    seen.insert(
      try network(TensorShape(height: 8, width: 9, channels: 1)) { try $0.conv(0) }.fingerprint)
    #expect(seen.count == layers.count + 2)
  }

  @Test func `doubling sums a hundred deep takes no time and no space`() throws {
    let deep = try network { net in
      var value = try net.conv(0)
      for _ in 0..<100 { value = try net.add(value, value) }
      return value
    }
    #expect(deep.fingerprint.hasPrefix("a1-") && deep.dead.isEmpty)
  }
}
