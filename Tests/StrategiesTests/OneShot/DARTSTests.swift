import Architectures
import Domain
import Engine
import Strategies
import Testing
import Training

@Suite struct DARTSTests {
  private func search(_ given: [String: JSONValue] = [:]) -> DARTS {
    DARTS(
      ToySupernet.parameters(
        DARTS.entry, given.merging(["batch_size": 16, "warmup": 0]) { first, _ in first }))
  }

  private func space() throws -> any SearchSpace {
    try ToySupernet.space("nasbench201-cell", ["width": 4, "stages": 2])
  }

  @Test func `choices rest in the warm-up, weights while choices learn`() throws {
    let space = try space()
    var search = search(["warmup": 0.5])
    let shared = try ToySupernet.shared(space, search.settings)
    let start = search.relaxation.prepared(for: shared)
    _ = try search.advance(shared, epoch: 0, of: 4)
    _ = try search.advance(shared, epoch: 1, of: 4)
    #expect(search.relaxation.choices?.alphas == start.alphas, "bit for bit")
    _ = try search.advance(shared, epoch: 2, of: 4)
    #expect(search.relaxation.choices?.alphas != start.alphas)
    for order in ["first", "second"] {
      var search = self.search(["order": .string(order)])
      _ = search.relaxation.prepared(for: shared)
      let weights = shared.flatWeights
      _ = try search.gradient(shared, rate: 0.05)
      #expect(shared.flatWeights == weights, "\(order)")
    }
  }

  @Test func `second order is not first order under another name`() throws {
    let space = try space()
    var first = search()
    var second = search(["order": "second"])
    let shared = try ToySupernet.shared(space, first.settings)
    for epoch in 0..<3 { _ = try first.advance(shared, epoch: epoch, of: 4) }
    _ = second.relaxation.prepared(for: shared)
    let state = shared.state
    // Each at the same validation batch.
    func gradient(_ search: DARTS, _ rate: Double) throws -> [Double] {
      try shared.restore(state)
      return try search.gradient(shared, rate: rate).joined().map { $0 }
    }
    let atRest = try gradient(second, 0)
    let ahead = try gradient(second, 0.05)
    let far = try gradient(second, 0.1)
    func distance(_ one: [Double], _ other: [Double]) -> Double {
      zip(one, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    #expect(distance(ahead, atRest) > 0.01 * distance(atRest, atRest.map { _ in 0 }))
    #expect(distance(far, atRest) > distance(ahead, atRest))
  }

  /// A search on the images of the built-in truth.
  private func run(
    _ params: [String: JSONValue], _ given: [String: JSONValue], epochs: Int, seed: UInt64
  ) throws -> (search: DARTS, skips: [Double]) {
    let space = try ToySupernet.space("nasbench201-cell", params)
    var search = search(given)
    let supernet = try SharedWeights.supernet(
      of: space, search.settings, input: TruthTask.input, classes: TruthTask.classes)
    let shared = try SharedWeights(
      space, supernet,
      plan: try SharedWeights.plan(supernet, search.settings, batch: 50, isa: .best),
      samples: try TruthTask().samples(batchSize: 50, seed: seed), settings: search.settings,
      seed: seed)
    var skips: [Double] = []
    for epoch in 0..<epochs {
      let metrics = try search.advance(shared, epoch: epoch, of: epochs)
      skips.append((metrics["skip_share"] ?? nil) ?? 0)
    }
    return (search, skips)
  }

  @Test func `where only the cells can see neighbours, a convolution beats a skip and nothing`()
    throws
  {
    for seed in 1...2 as ClosedRange<UInt64> {
      let (search, _) = try run(
        ["width": 8, "stages": 2, "reduction": "projection"],
        ["alpha_rate": 0.02, "watchdog": "off"], epochs: 50, seed: seed)
      let direct = try #require(search.strengths["cell.edges.3"])
      let named = Dictionary(uniqueKeysWithValues: zip(NASBench201Space.operations, direct))
      let conv = named["nor_conv_3x3", default: 0]
      #expect(conv > named["none", default: 1] && conv > named["skip_connect", default: 1])
    }
  }

  @Test func `where the mean tells the class, pooling or a skip beats every convolution`() throws {
    for seed in 1...2 as ClosedRange<UInt64> {
      let space = try ToySupernet.space("nasbench201-cell", ["width": 4, "stages": 2])
      var search = search(["alpha_rate": 0.02, "watchdog": "off"])
      let shared = try ToySupernet.shared(
        space, search.settings, samples: ToySupernet.levels(rows: 128, seed: seed), seed: seed)
      for epoch in 0..<25 { _ = try search.advance(shared, epoch: epoch, of: 25) }
      let direct = try #require(search.strengths["cell.edges.3"])
      let named = Dictionary(uniqueKeysWithValues: zip(NASBench201Space.operations, direct))
      // No derivation takes none, whatever its share.
      let best = try #require(
        named.filter { $0.key != "none" }.max { $0.value < $1.value }
      ).key
      #expect(["avg_pool_3x3", "skip_connect"].contains(best), "\(named)")
    }
  }

  /// The share of skips by epoch in a space that is rigged for them.
  private func rigged(_ response: String) throws -> (search: DARTS, skips: [Double]) {
    var search = search([
      "alpha_rate": 0.1, "learning_rate": 0.002, "watchdog": .string(response),
    ])
    let shared = try ToySupernet.shared(
      RiggedSpace(), search.settings, samples: ToySupernet.samples(rows: 128))
    var skips: [Double] = []
    for epoch in 0..<20 where !search.isFinished {
      let metrics = try search.advance(shared, epoch: epoch, of: 20)
      skips.append(try #require(metrics["skip_share"] ?? nil))
    }
    return (search, skips)
  }

  @Test func `a search that is rigged to collapse is caught, and can be stopped`() throws {
    let (warned, skips) = try rigged("warn")
    #expect(try #require(skips.last) >= 0.5, "it collapses: \(skips)")
    #expect(warned.warnings.contains { $0.contains("skip connections are") })
    let (stopped, until) = try rigged("stop")
    #expect(stopped.isFinished && until.count < 20)
    #expect(until == Array(skips.prefix(until.count)))
    let (regularised, with) = try rigged("regularise")
    #expect(with.prefix(until.count) == until.prefix(until.count))
    #expect(try #require(with.last) < #require(skips.last), "dropped skips lose")
    #expect(regularised.warnings == warned.warnings)
  }
}
