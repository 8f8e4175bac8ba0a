import Architectures
import Domain
import Engine
import Testing
import Training

@Suite struct NetworkCacheTests {
  private let fixture: Fixture

  init() throws {
    fixture = try Fixture()
  }

  /// An order for a cell that ends in one of three operations.
  private func order(_ last: String) throws -> WorkOrder {
    let space = try #require(SpaceRegistry.all["nasbench201-cell"])
    let choice = ComponentChoice("nasbench201-cell", params: ["width": .number(8)])
    var faults: [Fault] = []
    let parameters = Parameters(choice.params, for: space.parameters, at: "", faults: &faults)
    let genotype = try space.make(parameters).genotype(
      of: "|nor_conv_3x3~0|+|skip_connect~0|none~1|+|none~0|none~1|\(last)~2|")
    return WorkOrder(
      job: "job_1", role: .trial, number: 1, repetition: 0, attempt: 1, seed: 0, space: choice,
      genotype: genotype, datasetPath: fixture.path, dataset: fixture.content,
      schedule: TrainingSchedule(samplesSeen: 100, learningRate: 0.1), parentWeights: nil,
      weightsFolder: nil, secondsLeft: nil, memoryLimitBytes: 1 << 30,
      numerics: Numerics(
        engineVersion: EngineVersion.current, isa: InstructionSet.best.rawValue, threads: 1))
  }

  @Test func `what was planned is not planned again for the same batch and instruction set`() throws
  {
    var cache = NetworkCache(keepsDead: false)
    let orders = try ["nor_conv_3x3", "nor_conv_1x1", "skip_connect"].map(order)
    for _ in 0..<2 {
      for order in orders { _ = try cache.network(for: order, batch: 16, isa: .best) }
    }
    #expect(cache.planned == 3)
    _ = try cache.network(for: orders[0], batch: 17, isa: .best)
    #expect(cache.planned == 4)
    _ = try cache.network(for: orders[0], batch: 16, isa: .generic)
    #expect(cache.planned == (InstructionSet.best == .generic ? 4 : 5))
    #expect(cache.count == cache.planned)
  }

  @Test func `what was used the longest ago goes first, by number and by bytes`() throws {
    let orders = try ["nor_conv_3x3", "nor_conv_1x1", "skip_connect"].map(order)
    var few = NetworkCache(keepsDead: false, mostNetworks: 2)
    for place in [0, 1, 0, 2, 0, 1] {
      _ = try few.network(for: orders[place], batch: 8, isa: .best)
    }
    // 0 and 1 are planned, 2 takes the place of 1, which is planned again.
    #expect(few.planned == 4)
    #expect(few.count == 2)
    var small = NetworkCache(keepsDead: false, mostBytes: 1)
    for place in [0, 0, 1, 0] { _ = try small.network(for: orders[place], batch: 8, isa: .best) }
    #expect(small.planned == 3)
    #expect(small.count == 1)
  }
}
