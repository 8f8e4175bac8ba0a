import Architectures
import Domain
import Testing

@Suite struct EASChainSpaceTests {
  @Test func `a code names the published tokens`() throws {
    let space = EASChainSpace()
    let code = "conv-8-3 conv-12-5 pool conv-8-3 fc-16"
    let genotype = try space.genotype(of: code)
    #expect(space.code(of: genotype) == code)
    #expect(
      genotype.decisions == [1, 1, 1, 2, 2, nil, nil, 0, 1, 1, nil, nil, nil, nil, 0, 1, nil])
    let architecture = try decode("eas-chain", genotype)
    let convolutions = architecture.nodes.filter { $0.scope.hasSuffix(".conv") }
    #expect(convolutions.map(\.shape.channels) == [8, 12, 8])
    #expect(convolutions.map(\.shape.height) == [8, 8, 4])
    // 9·8 + 16, 25·8·12 + 24, 9·12·8 + 16, 128·16 + 32, 16·10 + 10
    #expect(architecture.parameters == 88 + 2424 + 880 + 2080 + 170)
    for wrong in [
      "conv-8-3 fc-16", "conv-8-3 pool pool conv-8-3 fc-16", "conv-8-3 pool conv-8-3",
      "conv-9-3 pool conv-8-3 fc-16", "conv-8-3 pool conv-8-3 fc-16 conv-8-3",
      "conv-08-3 pool conv-8-3 fc-16", "conv-8-3 pool conv-8-3 fc-16 fc-16 fc-16",
    ] {
      #expect(throws: SpaceError.self, "\(wrong)") { try space.genotype(of: wrong) }
    }
  }

  @Test func `the cardinality counts the genotypes, and points tell their space`() throws {
    let small = EASChainSpace(
      stages: 1, maxDepth: 2, denseDepth: 2, widths: [4, 8], units: [8], kernels: [3])
    #expect(small.cardinality == "12", "2 + 4 stages and 1 + 1 heads")
    #expect(EASChainSpace(stages: 6, maxDepth: 10).cardinality.hasPrefix("("))
    for space in [small, EASChainSpace(), EASChainSpace(stages: 3, maxDepth: 1, denseDepth: 1)] {
      #expect(EASChainSpace(points: space.points)?.points == space.points)
    }
    #expect(EASChainSpace(points: MLPSpace().points) == nil)
    #expect(EASChainSpace(points: []) == nil)
  }
}
