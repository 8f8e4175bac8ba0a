import Architectures
import Domain
import Engine
import Foundation
import Testing
import Training

/// Small networks made by hand, and probes on them.
private enum Toy {
  static let cell = ComponentChoice("nasbench201-cell")
  static let digits = TensorShape(height: 8, width: 8, channels: 1)

  /// Layers one after the other on `input`, named a, b, c, ….
  static func chain(
    _ layers: [Layer], input: TensorShape = TensorShape(features: 3), classes: Int = 2
  ) throws -> Architecture {
    var nodes = [
      Architecture.Node(
        id: 0, layer: .identity, inputs: [], shape: input, parameters: 0, macs: 0, scope: "input")
    ]
    for (index, layer) in layers.enumerated() {
      nodes.append(
        Architecture.Node(
          id: index + 1, layer: layer, inputs: [index],
          shape: try layer.outputShape([nodes[index].shape]), parameters: 0, macs: 0,
          scope: String(UnicodeScalar(UInt8(97 + index)))))
    }
    return Architecture(
      space: ComponentChoice("toy"), spaceVersion: 1, genotype: Genotype([]), code: "toy",
      input: input, classes: classes, nodes: nodes, output: layers.count, cells: [], dead: [],
      fingerprint: "a1-toy")
  }

  /// A probe of samples drawn evenly from −1…1.
  static func probe(
    _ architecture: Architecture, batch: Int = 8, seed: UInt64 = 1, data: UInt64 = 1
  ) -> ProxyProbe {
    var generator = SeededGenerator(seed: data)
    let inputs = (0..<batch * architecture.input.count).map { _ in
      Float(2 * generator.unit() - 1)
    }
    return ProxyProbe(
      architecture, inputs: inputs,
      labels: (0..<batch).map { _ in Int32(generator.below(architecture.classes)) }, seed: seed)
  }

  static func score(_ id: String, _ probe: ProxyProbe) throws -> Double {
    try #require(ProxyRegistry.all[id]).score(probe)
  }

  static func decoded(_ code: String) throws -> Architecture {
    let space = try SpaceRegistry.space(cell)
    return try SpaceRegistry.decode(
      cell, space.genotype(of: code), input: digits, classes: 10)
  }

  static let live =
    "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|none~1|nor_conv_3x3~2|"
  static let dead = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
}

@Suite struct ProxiesTests {
  private let first: [[Double]] = [[0.5, -1, 0.25], [1, 0.75, -0.5], [-0.25, 0.5, 1]]
  private let second: [[Double]] = [[1, -0.5, 0.25], [-0.75, 1, 0.5]]

  /// x → first → second, without biases; three samples.
  private func linear(flipping sign: Float = 1, between: [Layer] = []) throws -> ProxyProbe {
    let architecture = try Toy.chain(
      [.linear(units: 3, bias: false)] + between + [.linear(units: 2, bias: false)])
    var probe = ProxyProbe(
      architecture, inputs: [1, 0.5, -1, 0.25, 2, 1, -0.5, 1, 0.75], labels: [0, 1, 1], seed: 1)
    let last = try #require(architecture.nodes.last).scope
    probe.weights = Weights([
      "a.weight": Tensor(shape: [3, 3], values: first.joined().map { sign * Float($0) }),
      "\(last).weight": Tensor(shape: [2, 3], values: second.joined().map { Float($0) }),
    ])
    return probe
  }

  private func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
    matrix.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  @Test func `snip and grad_norm of a linear network follow the formulas`() throws {
    let probe = try linear()
    var gradients = (first.map { $0.map { _ in 0.0 } }, second.map { $0.map { _ in 0.0 } })
    for row in 0..<3 {
      let x = probe.inputs[3 * row..<3 * row + 3].map(Double.init)
      let hidden = product(first, x)
      let scores = product(second, hidden).map(exp)
      let sum = scores.reduce(0, +)
      let error = scores.enumerated().map {
        ($0.element / sum - ($0.offset == Int(probe.labels[row]) ? 1 : 0)) / 3
      }
      for i in 0..<2 { for j in 0..<3 { gradients.1[i][j] += error[i] * hidden[j] } }
      for j in 0..<3 {
        let back = error[0] * second[0][j] + error[1] * second[1][j]
        for k in 0..<3 { gradients.0[j][k] += back * x[k] }
      }
    }
    func norm(_ matrix: [[Double]]) -> Double {
      matrix.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    func size(_ weights: [[Double]], _ gradient: [[Double]]) -> Double {
      zip(weights.joined(), gradient.joined()).reduce(0) { $0 + abs($1.0 * $1.1) }
    }
    let expected = (
      norm: norm(gradients.0) + norm(gradients.1),
      snip: size(first, gradients.0) + size(second, gradients.1)
    )
    #expect(abs(try Toy.score("grad_norm", probe) / expected.norm - 1) < 1e-5)
    #expect(abs(try Toy.score("snip", probe) / expected.snip - 1) < 1e-5)
  }

  @Test func `synflow follows its formula, whatever the signs, the data and the normalisation`()
    throws
  {
    let probe = try linear()
    let absolute = (first.map { $0.map(abs) }, second.map { $0.map(abs) })
    // Each layer's weights carry the whole flow once.
    let flow = product(absolute.1, product(absolute.0, [1, 1, 1])).reduce(0, +)
    let score = try Toy.score("synflow", probe)
    #expect(abs(score - log(2 * flow)) < 1e-12)
    let before = probe.weights
    let flipped = try linear(flipping: -1)
    #expect(flipped.weights != before)
    #expect(try Toy.score("synflow", flipped) == score)
    #expect(probe.weights == before)
    #expect(try Toy.score("synflow", linear(between: [.batchNorm(affine: true), .relu])) == score)
    var elsewhere = ProxyProbe(
      probe.architecture, inputs: probe.inputs.map { 3 * $0 }, labels: [1, 1, 0], seed: 2)
    elsewhere.weights = before
    #expect(try Toy.score("synflow", elsewhere) == score)
  }

  @Test func `synflow does not overflow where floats would`() throws {
    let layers = [Layer](repeating: .linear(units: 3, bias: false), count: 8)
    var probe = Toy.probe(try Toy.chain(layers + [.linear(units: 2, bias: false)]))
    var weights = Weights()
    for scope in "abcdefgh" {
      weights["\(scope).weight"] = Tensor(
        shape: [3, 3], values: [Float](repeating: -1e15, count: 9))
    }
    weights["i.weight"] = Tensor(shape: [2, 3], values: [Float](repeating: 1, count: 6))
    probe.weights = weights
    // 9 layers carry the flow: eight times three values of 1e15, then two sums of three.
    let flow = 9 * 3 * 2 * pow(3.0, 8) * pow(Double(Float(1e15)), 8)
    #expect(abs(try Toy.score("synflow", probe) - log(flow)) < 1e-9)
  }

  @Test func `naswot counts the places where codes differ`() throws {
    let architecture = try Toy.chain(
      [.linear(units: 3, bias: false), .relu, .linear(units: 2, bias: false)])
    var probe = ProxyProbe(
      architecture, inputs: [1, 1, 1, 1, -1, 1, -1, -1, -1], labels: [0, 1, 0], seed: 1)
    probe.weights = Weights([
      "a.weight": Tensor(shape: [3, 3], values: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    ])
    // Codes 111, 101 and 000: the kernel is 3, 2, 0 | 2, 3, 1 | 0, 1, 3.
    let determinant = 3.0 * (9 - 1) - 2 * (6 - 0)
    #expect(abs(try Toy.score("naswot", probe) - log(determinant)) < 1e-12)
    probe = ProxyProbe(
      architecture, inputs: [1, 1, 1, 0.5, 0.5, 0.5, -1, -1, -1], labels: [0, 1, 0], seed: 1)
    // Unlike samples of one code are one to it.
    #expect(try Toy.score("naswot", probe) == Proxy.floor)
  }

  @Test func `equal samples have naswot's floor and cost jacov dear, distinct ones are finite`()
    throws
  {
    let architecture = try Toy.decoded(Toy.live)
    let distinct = Toy.probe(architecture)
    let size = architecture.input.count
    let twins = ProxyProbe(
      architecture, inputs: Array(distinct.inputs[..<size]) + distinct.inputs.dropLast(size),
      labels: distinct.labels, seed: 1)
    #expect(try Toy.score("naswot", distinct) > 0)
    #expect(try Toy.score("naswot", twins) == Proxy.floor)
    let (apart, same) = (try Toy.score("jacov", distinct), try Toy.score("jacov", twins))
    #expect(apart > same + 1e4 && same > Proxy.floor)
  }

  @Test func `naswot reads every ReLU, as often as it stands there`() throws {
    let input = TensorShape(height: 4, width: 4, channels: 2)
    let tail: [Layer] = [.globalAveragePool, .linear(units: 2, bias: true)]
    let one = try Toy.chain([.conv(3, kernel: 3), .relu] + tail, input: input)
    let twice = try Toy.chain([.conv(3, kernel: 3), .relu, .relu] + tail, input: input)
    let probe = Toy.probe(one)
    var again = Toy.probe(twice)
    again.weights = nil
    // A ReLU of what is positive already has the same code: the kernel is doubled.
    let rows = Double(probe.labels.count)
    let apart = try Toy.score("naswot", again) - Toy.score("naswot", probe)
    #expect(abs(apart - rows * log(2)) < 1e-9)
  }

  @Test func `jacov of gradients known by hand`() throws {
    // One gradient for all samples: correlations 1, eigenvalues 3, 0, 0.
    let (k, count) = (1e-5, 3.0)
    let expected = -(log(count + k) + 1 / (count + k) + 2 * (log(k) + 1 / k))
    #expect(abs(try Toy.score("jacov", linear()) / expected - 1) < 1e-6)
    // Two units that one sample each switches on: gradients (1, 0, 0) and (0, 1, 0), correlation −½.
    var probe = ProxyProbe(
      try Toy.chain([.linear(units: 3, bias: false), .relu, .linear(units: 2, bias: false)]),
      inputs: [1, -1, -1, -1, 1, -1], labels: [0, 1], seed: 1)
    probe.weights = Weights([
      "a.weight": Tensor(shape: [3, 3], values: [1, 0, 0, 0, 1, 0, 0, 0, 1]),
      "c.weight": Tensor(shape: [2, 3], values: [1, 1, 1, 1, 1, 1]),
    ])
    let pair = -[1.5, 0.5].reduce(0) { $0 + log($1 + k) + 1 / ($1 + k) }
    #expect(abs(try Toy.score("jacov", probe) - pair) < 1e-5)
  }

  @Test func `zen measures expansion, and normalisation does not hide it`() throws {
    let input = TensorShape(height: 6, width: 6, channels: 4)
    let tail: [Layer] = [.globalAveragePool, .linear(units: 2, bias: true)]
    func zen(_ layers: [Layer], seed: UInt64 = 1) throws -> Double {
      try Toy.score("zen", Toy.probe(Toy.chain(layers + tail, input: input), batch: 32, seed: seed))
    }
    // A linear map of n standard normal numbers and weights: each of m results varies with n.
    let pointwise = try zen([.conv(16, kernel: 1)])
    #expect(abs(pointwise - log(0.01 * (4.0 * 16 * 36).squareRoot())) < 0.2)
    let normalised = try zen([.conv(16, kernel: 1), .batchNorm(affine: true)])
    #expect(abs(normalised - pointwise) < 0.1)
    let block: [Layer] = [.conv(16, kernel: 3), .batchNorm(affine: true), .relu]
    let depths = try (1...3).map { try zen(Array(repeating: block, count: $0).flatMap { $0 }) }
    #expect(depths[1] > depths[0] + 1 && depths[2] > depths[1] + 1, "\(depths)")
    #expect(try zen(block, seed: 2) != depths[0])
  }

  @Test func `determinant and eigenvalues of known matrices`() {
    #expect(abs(LogDeterminant([[4, 2], [2, 3]]).value - log(8)) < 1e-14)
    #expect(LogDeterminant([[1, 2], [2, 4]]).value == -.infinity)
    #expect(LogDeterminant([[0, 0], [0, 0]]).value == -.infinity)
    let values = SymmetricEigenvalues([[2, -1, 0], [-1, 2, -1], [0, -1, 2]]).values
    let expected = [2 - 2.0.squareRoot(), 2, 2 + 2.0.squareRoot()]
    #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(SymmetricEigenvalues([[5, 0], [0, 1]]).values == [1, 5])
  }

  @Test func `a dead network has the floor, and its costs`() throws {
    let probe = Toy.probe(try Toy.decoded(Toy.dead))
    for proxy in ProxyRegistry.all.entries {
      #expect(try proxy.score(probe) == (proxy.isControl ? 0 : Proxy.floor), "\(proxy.id)")
    }
  }

  @Test func `a proxy that does not fit the memory limit says so`() throws {
    var probe = Toy.probe(try Toy.decoded(Toy.live))
    probe.memoryLimitBytes = 1 << 10
    for proxy in ProxyRegistry.all.entries where !proxy.isControl {
      #expect(throws: ProxyMemoryError.self, "\(proxy.id)") { try proxy.score(probe) }
    }
  }

  @Test(arguments: SpaceRegistry.all.ids)
  func `every proxy scores networks of every space, the same each time`(space: String) throws {
    let entry = try #require(SpaceRegistry.all[space])
    let isImage = entry.inputs.contains(.image)
    let input = isImage ? Toy.digits : TensorShape(features: 9)
    let points = try SpaceRegistry.space(ComponentChoice(space)).points
    var scores: [String: Set<Double>] = [:]
    var networks = 0
    for draw in 0..<20 where networks < 3 {
      var generator = SeededGenerator(jobSeed: 1, purpose: .sample, step: draw)
      let genotype = Genotype.random(in: points, using: &generator)
      guard
        let architecture = try? SpaceRegistry.decode(
          ComponentChoice(space), genotype, input: input, classes: 4),
        (try? architecture.graph()) != nil
      else { continue }
      networks += 1
      for proxy in ProxyRegistry.all.entries {
        let probe = Toy.probe(architecture)
        let score = try proxy.score(probe)
        #expect(score >= Proxy.floor && score.isFinite, "\(proxy.id)")
        #expect(try proxy.score(probe) == score, "\(proxy.id)")
        scores[proxy.id, default: []].insert(score)
      }
    }
    #expect(networks == 3)
    for proxy in ProxyRegistry.all.entries {
      #expect(scores[proxy.id]?.count ?? 0 > 1, "\(proxy.id) does not tell networks apart")
    }
  }

  @Test func `the registry names its entries once, with a source or as a control`() {
    #expect(
      ProxyRegistry.all.ids == [
        "synflow", "naswot", "jacov", "snip", "grad_norm", "zen", "parameters", "macs",
      ])
    for proxy in ProxyRegistry.all.entries {
      #expect(!proxy.summary.isEmpty && proxy.paper.isEmpty == proxy.isControl)
      #expect(proxy.metricName == (proxy.isControl ? proxy.id : "proxy_\(proxy.id)"))
    }
  }
}
