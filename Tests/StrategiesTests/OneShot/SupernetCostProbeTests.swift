import Architectures
import Domain
import Strategies
import Testing
import Training

@Suite struct SupernetCostProbeTests {
  private func measure(_ params: [String: JSONValue] = [:], rows: Int = 640) throws -> SupernetCost
  {
    let space = ComponentChoice("nasbench201-cell", params: ["width": 4])
    let search = try OneShotRegistry.search(
      ComponentChoice("random-sharing", params: params), points: SpaceRegistry.space(space).points,
      round: 1, seed: 1)
    return try SupernetCostProbe.measure(
      search, space, input: TensorShape(height: 8, width: 8, channels: 1), classes: 10,
      trainingRows: rows, validationRows: rows / 4, threads: 1)
  }

  @Test func `a round costs its epochs' batches and the paths it scores`() throws {
    let cost = try measure(["epochs": 7, "batch_size": 32, "draws": 40, "answers": 2])
    #expect(cost.epochs == 7 && cost.batchSize == 32 && cost.paths == 42)
    #expect(cost.secondsPerBatch > 0 && cost.secondsPerScore > 0 && cost.secondsPerEpoch >= 0)
    #expect(cost.arenaBytes > 10_000)
    let round = cost.round(trainingRows: 640, validationRows: 160)
    let expected =
      7 * (20 * cost.secondsPerBatch + cost.secondsPerEpoch) + 42 * 5 * cost.secondsPerScore
    #expect(abs(round - expected) < 1e-9)
  }

  @Test func `a batch has no more rows than the data`() throws {
    #expect(try measure(rows: 80).batchSize == 20)
  }

  @Test func `it ends when it is told to`() {
    struct Over: Error {}
    let space = ComponentChoice("nasbench201-cell", params: ["width": 4])
    #expect(throws: Over.self) {
      try SupernetCostProbe.measure(
        OneShotRegistry.search(
          ComponentChoice("random-sharing"), points: SpaceRegistry.space(space).points, round: 1,
          seed: 1),
        space, input: TensorShape(height: 8, width: 8, channels: 1), classes: 10,
        trainingRows: 640, validationRows: 160, threads: 1, check: { throw Over() })
    }
  }

  @Test func `what is no supernet on the data is refused`() {
    #expect(throws: (any Error).self) {
      try SupernetCostProbe.measure(
        OneShotRegistry.search(
          ComponentChoice("darts"),
          points: SpaceRegistry.space(ComponentChoice("darts-cell")).points,
          round: 1, seed: 1),
        ComponentChoice("mlp"), input: TensorShape(height: 1, width: 1, channels: 4), classes: 2,
        trainingRows: 64, validationRows: 64, threads: 1)
    }
  }
}
