import Architectures
import Domain
import Engine
import Foundation
import Testing
import Training

@Suite struct ProxyOrdersTests {
  private let fixture: Fixture

  init() throws {
    fixture = try Fixture()
  }

  private func order(
    number: Int = 1, role: WorkOrder.Role = .trial, seed: UInt64 = 0, proxies: [String] = [],
    filter: ProxyFilter? = nil, warmStart: WarmStart? = nil, memory: Int = 1 << 30,
    seconds: Double? = nil,
    code: String =
      "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_1x1~1|+|avg_pool_3x3~0|none~1|nor_conv_3x3~2|"
  ) throws -> WorkOrder {
    let space = ComponentChoice("nasbench201-cell", params: ["width": 4])
    return WorkOrder(
      job: "job_1", role: role, number: number, repetition: 0, attempt: 1, seed: seed,
      space: space, genotype: try SpaceRegistry.space(space).genotype(of: code),
      datasetPath: fixture.path, dataset: fixture.content,
      schedule: TrainingSchedule(samplesSeen: fixture.content.fittingRows),
      proxies: proxies, filter: filter, warmStart: warmStart, parentWeights: nil,
      weightsFolder: fixture.folder + "/weights", secondsLeft: seconds, memoryLimitBytes: memory,
      numerics: Numerics(
        engineVersion: EngineVersion.current, isa: InstructionSet.best.rawValue, threads: 1))
  }

  private func completed(_ order: WorkOrder) throws -> Evaluation {
    guard case .completed(let evaluation) = StandAloneEstimator().run(order, watch: Watcher().watch)
    else { throw ServiceError(.internal, "not completed") }
    return evaluation
  }

  @Test func `proxies are metrics of a trial beside its costs and change nothing else`() throws {
    let plain = try completed(order())
    let told = try completed(order(proxies: ProxyRegistry.all.ids))
    let names = ProxyRegistry.all.entries.filter { !$0.isControl }.map(\.metricName)
    var rest = told.metrics
    for name in names {
      #expect(try #require(told.metrics[name]) > Proxy.floor, "\(name)")
      rest[name] = nil
    }
    #expect(rest == plain.metrics && told.weights == plain.weights)
    #expect(rest[MetricName.macs] != nil && rest[MetricName.parameters] != nil)
    // The same network in another trial of the job, but not in another job.
    let again = try completed(order(number: 7, proxies: names.map { String($0.dropFirst(6)) }))
    #expect(names.allSatisfy { again.metrics[$0] == told.metrics[$0] })
    let other = try completed(order(seed: 1, proxies: ["snip"]))
    #expect(other.metrics["proxy_snip"] != told.metrics["proxy_snip"])
    // The final phase is no place for them.
    let selection = try completed(order(role: .selection, proxies: ["snip"]))
    #expect(selection.metrics["proxy_snip"] == nil)
  }

  @Test func `a warm start hands on the best of its draws, no network twice`() throws {
    func starts(_ draws: Int, _ keep: Int, proxy: String = "macs") throws -> [ScoredCandidate] {
      let order = try order(
        role: .supernet, warmStart: WarmStart(proxy: proxy, draws: draws, keep: keep))
      return try #require(completed(order).derivation).candidates
    }
    let best = try starts(40, 8)
    let all = try starts(40, 40)
    #expect(best.count == 8 && all.count <= 40 && best == Array(all.prefix(8)))
    #expect(best.allSatisfy { $0.purposes == [.start] })
    let scores = try all.map { try #require($0.metrics["macs"]) }
    #expect(scores == scores.sorted(by: >) && Set(scores).count > 10)
    #expect(Set(all.map(\.genotype)).count == all.count)
    // Each says what a trial of the same network is told.
    let first = try #require(try starts(6, 1, proxy: "snip").first)
    let told = try completed(
      order(
        proxies: ["snip"],
        code: SpaceRegistry.space(ComponentChoice("nasbench201-cell", params: ["width": 4]))
          .code(of: first.genotype)))
    #expect(first.metrics["proxy_snip"] == told.metrics["proxy_snip"])
  }

  @Test func `a warm start without seconds hands on what it drew, and a cancelled one nothing`()
    throws
  {
    let start = WarmStart(proxy: "macs", draws: 1000, keep: 5)
    let hurried = try completed(order(role: .supernet, warmStart: start, seconds: 0))
    #expect(try #require(hurried.derivation).candidates.count == 1)
    let cancelled = StandAloneEstimator().run(
      try order(role: .supernet, warmStart: start),
      watch: TrainingWatch(clock: { 0 }, isCancelled: { true }))
    guard case .cancelled = cancelled else {
      Issue.record("\(cancelled)")
      return
    }
  }

  @Test func `an unknown proxy fails the order and names those there are`() throws {
    let outcome = StandAloneEstimator().run(
      try order(proxies: ["luck"]), watch: Watcher().watch)
    guard case .failed(let reason) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.contains("no proxy 'luck'; known are synflow, naswot"))
  }

  @Test func `a filter lets its share through, and says why it stops the rest`() throws {
    let estimator = StandAloneEstimator()
    let filter = ProxyFilter(proxy: "macs", keep: 0.5, pool: 20)
    let poor = "|skip_connect~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"
    let rich =
      "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|"
      + "nor_conv_3x3~2|"
    let outcome = estimator.run(try order(filter: filter, code: poor), watch: Watcher().watch)
    guard case .stopped(let reason, let evaluation) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(evaluation.curve.isEmpty && evaluation.weights == nil)
    #expect(evaluation.metrics[MetricName.searchAccuracy] == nil)
    let macs = try #require(evaluation.metrics[MetricName.macs])
    #expect(reason.hasPrefix("before training its macs \(macs) is below "), "\(reason)")
    #expect(reason.hasSuffix(", which the best 50.0 % of 20 uniform draws reach"), "\(reason)")
    for order in [
      try order(filter: filter, code: rich),
      try order(filter: ProxyFilter(proxy: "macs", keep: 0.5, pool: 1), code: rich),
    ] {
      guard case .completed = estimator.run(order, watch: Watcher().watch) else {
        Issue.record("the richest cell was not trained")
        return
      }
    }
    // Another estimator, which has no pool yet, says the same.
    #expect(
      StandAloneEstimator().run(try order(filter: filter, code: poor), watch: Watcher().watch)
        .told == outcome.told)
  }

  @Test func `about as many uniform draws pass as are to be kept`() throws {
    let estimator = StandAloneEstimator()
    let space = ComponentChoice("nasbench201-cell", params: ["width": 4])
    let points = try SpaceRegistry.space(space).points
    var passed = 0
    for draw in 0..<40 {
      var generator = SeededGenerator(jobSeed: 9, purpose: .sample, step: draw)
      let genotype = Genotype.random(in: points, using: &generator)
      let code = try SpaceRegistry.space(space).code(of: genotype)
      switch estimator.run(
        try order(filter: ProxyFilter(proxy: "naswot", keep: 0.25, pool: 60), code: code),
        watch: Watcher().watch)
      {
      case .completed: passed += 1
      default: break
      }
    }
    #expect((3...18).contains(passed), "\(passed) of 40")
  }

  @Test func `a cancelled order scores no pool to its end`() throws {
    let watcher = Watcher()
    watcher.cancelAfter = 3
    let outcome = StandAloneEstimator().run(
      try order(filter: ProxyFilter(proxy: "naswot", keep: 0.5, pool: 500)), watch: watcher.watch)
    #expect(outcome == .cancelled && watcher.questions < 10)
  }

  @Test func `the threshold is the score of the last that is kept`() {
    let scores = [3.0, 1, 2, 5, 4]
    #expect(ProxyFilter(proxy: "zen", keep: 0.4).threshold(scores) == 4)
    #expect(ProxyFilter(proxy: "zen", keep: 1).threshold(scores) == 1)
    #expect(ProxyFilter(proxy: "zen", keep: 0.01).threshold(scores) == 5)
  }
}

extension Outcome {
  /// What does not depend on the clock.
  fileprivate var told: String {
    guard case .stopped(let reason, let evaluation) = self else { return "\(self)" }
    return "\(reason) \(evaluation.metrics.sorted { $0.key < $1.key })"
  }
}
