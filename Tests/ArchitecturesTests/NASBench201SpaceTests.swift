import Architectures
import Domain
import Engine
import Testing

@Suite struct NASBench201SpaceTests {
  private let mixed =
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|"
  private let allConv =
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|"

  @Test
  func
    `the 15,625 cells have exactly 4,930 fingerprints, and the benchmark's 6,466 classes are not split`()
    throws
  {
    var classes: [String: Set<String>] = [:]
    var fingerprints: Set<String> = []
    for genotype in allCells {
      let fingerprint = try decode("nasbench201-cell", genotype).fingerprint
      fingerprints.insert(fingerprint)
      classes[NASBench201Space.uniqueString(of: genotype), default: []].insert(fingerprint)
    }
    #expect(fingerprints.count == 4_930)
    #expect(classes.count == 6_466)
    #expect(classes.values.allSatisfy { $0.count == 1 })
  }

  @Test func `the fingerprints of two cells stay what they are`() throws {
    let small = try decodeCell(mixed).fingerprint
    #expect(small == "a1-750b321f1714fddb560dfb4e9a63fe94")
    let published = try decodeCell(
      allConv, params: ["width": 16, "cells_per_stage": 5],
      input: TensorShape(height: 32, width: 32, channels: 3)
    ).fingerprint
    #expect(published == "a1-6b84c8e16e125eb54d78461661dd3863")
  }

  /// 435 and not the benchmark's 496, for nested sums are one sum here.
  @Test func `the few operations make 729 cells of 435 networks, none without a path`() throws {
    let params: [String: JSONValue] = ["operations": "few", "reduction": "projection"]
    let space = NASBench201Space(choices: .few, reduction: .projection)
    #expect(space.cardinality == "729")
    var fingerprints: Set<String> = []
    for number in 0..<729 {
      var rest = number
      let genotype = Genotype(
        (0..<6).map { _ in
          defer { rest /= 3 }
          return rest % 3
        })
      let architecture = try decode("nasbench201-cell", genotype, params: params)
      #expect(!architecture.live.isEmpty && architecture.dead.isEmpty)
      #expect(architecture.cells[0].edges.allSatisfy { $0.isLive && $0.operation != "none" })
      fingerprints.insert(architecture.fingerprint)
    }
    #expect(fingerprints.count == 435)
    #expect(throws: SpaceError.self) { try space.genotype(of: mixed) }
  }

  @Test func `with projections no convolution outside the cells but the stem's sees neighbours`()
    throws
  {
    let skips = Genotype([0, 0, 0, 0, 0, 0])
    let architecture = try decode(
      "nasbench201-cell", skips, params: ["operations": "few", "reduction": "projection"])
    let wide = architecture.nodes.filter {
      if case .conv2d(_, let kernel, _, _, _, _, _) = $0.layer { return kernel.height > 1 }
      return false
    }
    #expect(wide.map(\.scope) == ["stem.conv"])
  }

  /// Counted by PyTorch 2.13.0: `sum(p.numel() for p in NB201Net(arch, c, n=1, cin=…).parameters())` of
  /// the network in bench_torch.py.
  @Test func `parameters are those of the same network in PyTorch`() throws {
    let input = TensorShape(height: 32, width: 32, channels: 3)
    #expect(try decodeCell(mixed).parameters == 45_922)
    #expect(try decodeCell(mixed, params: ["width": 16], input: input).parameters == 181_722)
    #expect(try decodeCell(allConv, params: ["width": 16], input: input).parameters == 316_346)
  }

  @Test func `parameters and macs are the published network's`() throws {
    guard let text = publishedText("nb201-cifar10.csv.gz") else { return }
    let rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let columns = rows[0].map(String.init)
    let code = try #require(columns.firstIndex(of: "arch_str"))
    let unique = try #require(columns.firstIndex(of: "unique_str"))
    let flops = try #require(columns.firstIndex(of: "c10_flops_m"))
    let count = try #require(columns.firstIndex(of: "c10_params_m"))
    let space = NASBench201Space(width: 16, cellsPerStage: 5)
    var strings: Set<String> = []
    for (number, row) in rows.dropFirst().enumerated() {
      let genotype = try space.genotype(of: String(row[code]))
      #expect(space.code(of: genotype) == row[code])
      strings.insert(String(row[unique]))
      guard number % 25 == 0 else { continue }
      let architecture = try decode(
        "nasbench201-cell", genotype, params: ["width": 16, "cells_per_stage": 5],
        input: TensorShape(height: 32, width: 32, channels: 3))
      // The benchmark counts dead edges too, and the classifier's 10 additions of the bias.
      let all = architecture.nodes
      let parameters = all.reduce(0) { $0 + $1.parameters }
      let macs = all.reduce(0) { $0 + $1.macs } + 10
      #expect(abs((Double(row[count]) ?? 0) * 1e6 - Double(parameters)) < 0.5, "\(row[code])")
      #expect(abs((Double(row[flops]) ?? 0) * 1e6 - Double(macs)) < 5, "\(row[code])")
    }
    #expect(rows.count == 15_626 && strings.count == 6_466)
  }

  @Test func `the skeleton is the published one`() throws {
    let architecture = try decodeCell(allConv)
    let byScope = Dictionary(uniqueKeysWithValues: architecture.nodes.map { ($0.scope, $0) })
    #expect(byScope["stem.conv"]?.layer == .conv(8, kernel: 3))
    #expect(byScope["stages.1.reduction.a.conv"]?.layer == .conv(16, kernel: 3, stride: 2))
    #expect(byScope["stages.2.reduction.b.conv"]?.layer == .conv(32, kernel: 3))
    #expect(
      byScope["stages.1.reduction.shortcut.pool"]?.layer
        == .averagePool(kernel: 2, stride: 2, padding: 0))
    #expect(byScope["stages.1.reduction.shortcut.conv"]?.layer == .conv(16, kernel: 1))
    #expect(
      byScope["stages.2.cells.0.edges.5.nor_conv_3x3.conv"]?.shape
        == TensorShape(height: 2, width: 2, channels: 32))
    #expect(byScope["head.linear"]?.layer == .linear(units: 10, bias: true))
    #expect(architecture.cells.map(\.repeats) == [(0..<3).map { "stages.\($0).cells.0" }])
    #expect(architecture.cells[0].edges.allSatisfy { $0.isLive })
    #expect(architecture.dead.isEmpty)
  }

  @Test func `edges on no path are dead and cost nothing`() throws {
    // State 2 reads state 1, but nobody reads state 2; edge 3 alone carries the output.
    let code =
      "|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|nor_conv_1x1~0|none~1|none~2|"
    let architecture = try decodeCell(code)
    let alone = try decodeCell("|none~0|+|none~0|none~1|+|nor_conv_1x1~0|none~1|none~2|")
    #expect(architecture.cells[0].edges.map(\.isLive) == [false, false, false, true, false, false])
    #expect(architecture.parameters == alone.parameters && architecture.macs == alone.macs)
    #expect(architecture.fingerprint == alone.fingerprint)
    let dead = Set(architecture.dead)
    let deadScopes = architecture.nodes.filter { dead.contains($0.id) }.map(\.scope)
    #expect(deadScopes.contains("stages.0.cells.0.edges.0.nor_conv_3x3.conv"))
    #expect(!deadScopes.contains("stages.0.cells.0.states.3"))
  }

  @Test func `a cell without a path has no live node and is refused as a network`() throws {
    let architecture = try decodeCell(
      "|none~0|+|none~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|skip_connect~2|")
    #expect(architecture.live.isEmpty && architecture.parameters == 0)
    #expect(throws: SpaceError.self) { try architecture.graph() }
    let whole = try architecture.graph(keepsDead: true)
    #expect(whole.graph.count > 20 && whole.graph.shape(of: whole.logits).channels == 10)
    let pathless = allCells.filter {
      !NASBench201Space.liveEdges($0.decisions.compactMap { $0 }).contains(true)
    }
    #expect(pathless.count == 341)
  }

  @Test(arguments: [
    (1, 1, 1), (2, 2, 1), (2, 2, 2), (3, 3, 3), (5, 4, 3), (28, 28, 5), (17, 17, 5),
  ])
  func `images of any sufficient size fit`(height: Int, width: Int, stages: Int) throws {
    let input = TensorShape(height: height, width: width, channels: 1)
    let params: [String: JSONValue] = ["stages": .number(Double(stages))]
    #expect(try decodeCell(allConv, params: params, input: input).dead.isEmpty)
  }

  @Test(arguments: [(1, 1, 2), (2, 2, 3), (8, 2, 3), (8, 8, 5)])
  func `too small an image is refused with the size that would do`(
    height: Int, width: Int, stages: Int
  ) {
    let input = TensorShape(height: height, width: width, channels: 1)
    let params: [String: JSONValue] = ["stages": .number(Double(stages))]
    let error = #expect(throws: SpaceError.self) {
      try decodeCell(allConv, params: params, input: input)
    }
    #expect(error?.message.contains("\(height)×\(width) is too small for \(stages) stages") == true)
  }

  @Test func `strengths give the strongest operation of every edge, the first of equals`() {
    let few = NASBench201Space(choices: .few)
    #expect(few.genotype(deriving: [:]).decisions == Array(repeating: 0, count: 6))
    var strengths = Dictionary(
      uniqueKeysWithValues: (0..<6).map { ("cell.edges.\($0)", [0.2, 0.2, 0.2, 0.2, 0.2]) })
    strengths["cell.edges.0"] = [0.5, 0.1, 0.1, 0.2, 0.1]
    strengths["cell.edges.2"] = [0.1, 0.1, 0.1, 0.35, 0.35]
    strengths["cell.edges.5"] = [0, 0, 0, 0, 1]
    #expect(NASBench201Space().genotype(deriving: strengths).decisions == [0, 0, 3, 0, 0, 4])
  }
}
