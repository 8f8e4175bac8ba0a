import Architectures
import Domain
import Testing

@Suite struct NASChainSpaceTests {
  @Test func `a layer that reads nothing reads the image`() throws {
    let space = NASChainSpace(layers: 3)
    let architecture = try decode(
      "nas-chain", space.genotype(of: "1x3:4 3x3:8 3x1:16"), params: ["layers": 3])
    for layer in 0..<3 {
      let conv = architecture.nodes.first { $0.scope == "layers.\(layer).conv" }
      #expect(conv?.inputs == [0])
    }
    let head = try #require(architecture.nodes.first { $0.scope == "head.concat" })
    #expect(head.shape.channels == 28, "nobody read any of them, so the classifier does")
  }

  @Test func `several inputs are concatenated, smaller maps padded below and to the right`() throws
  {
    let space = NASChainSpace(layers: 3, stridedLayers: 1)
    let params: [String: JSONValue] = ["layers": 3, "strided_layers": 1]
    let architecture = try decode(
      "nas-chain", space.genotype(of: "3x3/2x3:4 1x1:8 3x3:12<0,1"), params: params)
    let byScope = Dictionary(uniqueKeysWithValues: architecture.nodes.map { ($0.scope, $0) })
    #expect(
      byScope["layers.0.conv"]?.shape == TensorShape(height: 4, width: 3, channels: 4))
    #expect(byScope["layers.2.pad.0"]?.layer == .spatialPad(height: 8, width: 8))
    #expect(
      byScope["layers.2.concat"]?.shape == TensorShape(height: 8, width: 8, channels: 12))
    #expect(byScope["head.concat"] == nil, "only the last output is left unread")
    // 9·4 + 2·4, 8 + 2·8, 9·12·12 + 2·12, 12·10 + 10
    #expect(architecture.parameters == 44 + 24 + 1320 + 130)
  }

  @Test func `points come in the published order and the cardinality counts them`() throws {
    let space = NASChainSpace(layers: 2, stridedLayers: 1)
    #expect(
      space.points.map(\.name) == [
        "layers.0.filter_height", "layers.0.filter_width", "layers.0.stride_height",
        "layers.0.stride_width", "layers.0.filters", "layers.1.filter_height",
        "layers.1.filter_width", "layers.1.filters", "layers.1.reads.0",
      ])
    #expect(space.cardinality == "4608", "2 · 2 · 9 · 4 and 2 · 2 · 4 · 2")
    let published = NASChainSpace(layers: 15, kernels: [1, 3, 5, 7], filters: [24, 36, 48, 64])
    #expect(published.cardinality == "64^15 · 2^105")
  }

  @Test func `sizes cannot stand side by side, so there is no supernet`() {
    #expect(throws: SpaceError.self) {
      try Supernet(of: NASChainSpace(), input: digits, classes: 10)
    }
    #expect(throws: SpaceError.self) { try Supernet(of: MLPSpace(), input: table, classes: 3) }
  }
}
