import Architectures
import Domain
import Testing

@Suite struct MLPSpaceTests {
  @Test func `layers beyond the depth are inactive`() throws {
    let space = MLPSpace()
    let genotype = try space.genotype(of: "64-32 norm drop 0.2")
    #expect(genotype == Genotype([1, 1, 2, 2, 1, nil, nil]))
    let architecture = try decode("mlp", genotype, input: table, classes: 3)
    let names = architecture.nodes.map(\.layer.name)
    let layer = ["linear", "batch_norm", "relu", "dropout"]
    #expect(names == ["identity"] + layer + layer + ["linear"])
    #expect(architecture.parameters == 3_171, "832 + 128, 2048 + 64, 99")
    #expect(architecture.macs == 2_976)
  }

  @Test func `without normalisation a layer has a bias and without dropout no such node`() throws {
    let architecture = try decode(
      "mlp", MLPSpace().genotype(of: "16"), input: digits, classes: 10)
    #expect(architecture.parameters == 1_210)
    #expect(!architecture.nodes.contains { $0.layer.name == "dropout" })
  }

  @Test func `the cardinality counts active decisions only`() throws {
    let space = MLPSpace(maxLayers: 2, maxUnits: 64)
    #expect(space.cardinality == "96")
    var seen: Set<Genotype> = []
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<5_000 { seen.insert(.random(in: space.points, using: &generator)) }
    #expect("\(seen.count)" == space.cardinality)
  }
}
