import Architectures
import Domain
import Foundation
import Strategies
import Testing

@Suite struct NASReinforceTests {
  private let points = NASBench201Space().points

  private func strategy(
    _ params: [String: JSONValue] = [:], points: [DecisionPoint]? = nil, trials: Int? = nil
  ) -> NASReinforce {
    var faults: [Fault] = []
    let parameters = Parameters(
      params, for: NASReinforce.entry.parameters, at: "", faults: &faults)
    return NASReinforce(
      StrategyContext(
        points: points ?? self.points, parameters: parameters, objectives: [], seed: 5,
        trials: trials))
  }

  /// A trial of a candidate that ended so.
  private func trial(
    _ candidate: Candidate, _ accuracy: Double, state: Trial.State = .completed,
    curve: [Double] = []
  ) -> Trial {
    var trial = Trial(number: 1, candidate: candidate, code: "")
    trial.state = state
    trial.metrics = [MetricName.searchAccuracy: accuracy]
    trial.curve = curve.enumerated().map { epoch, value in
      Measurement(
        epoch: epoch + 1, metrics: [MetricName.validationAccuracy: value], seconds: 0)
    }
    return trial
  }

  @Test func `a hidden target is found within 600 samples by seven seeds of eight`() throws {
    let params: [String: JSONValue] = [
      "learning_rate": 0.01, "batch": 8, "baseline_decay": 0.95, "reward_power": 1, "hidden": 24,
    ]
    let found = try (1...8).map { seed in
      try ToyTarget(seed: seed).samples(NASReinforce.entry, params, limit: 600, seed: seed)
    }
    #expect(found.count { $0 != nil } >= 7, "\(found)")
  }

  @Test func `the moving baseline makes the gradient quieter`() throws {
    let toy = ToyTarget(seed: 2)
    let policy = Controller(toy.points, Controller.Shape(), seed: 2)
    var generator = SeededGenerator(seed: 3)
    var baseline = MovingBaseline(decay: 0.95)
    var with: [[Double]] = []
    var without: [[Double]] = []
    for number in 0..<400 {
      let pass = policy.sample(using: &generator)
      let reward = 0.75 + 0.25 * toy.share(pass.genotype)
      // Half of the samples only settle the average.
      for (weight, isWith) in [(reward - (baseline.value ?? 0), true), (reward, false)]
      where number >= 200 {
        var gradient = PolicyGradient(policy)
        gradient.add(
          pass, of: policy, weights: Array(repeating: weight, count: 6), entropyWeight: 0)
        if isWith { with.append(gradient.values) } else { without.append(gradient.values) }
      }
      baseline.take(reward)
    }
    func variance(_ samples: [[Double]]) -> Double {
      samples[0].indices.reduce(0) { sum, index in
        let values = samples.map { $0[index] }
        let mean = values.reduce(0, +) / Double(values.count)
        return sum + values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      }
    }
    #expect(with.count == 200 && variance(with) < 0.7 * variance(without))
  }

  @Test func `the baseline is the mean of few rewards and follows many`() {
    var baseline = MovingBaseline(decay: 0.9)
    #expect(baseline.value == nil)
    baseline.take(0.5)
    func isNear(_ expected: Double, _ slack: Double) -> Bool {
      baseline.value.map { abs($0 - expected) < slack } ?? false
    }
    #expect(isNear(0.5, 1e-12))
    baseline.take(1)
    let second = (0.9 * 0.5 + 1) / 1.9
    #expect(isNear(second, 1e-12))
    for _ in 0..<200 { baseline.take(0.25) }
    #expect(isNear(0.25, 1e-6))
  }

  @Test func `the policy moves once a batch of its own proposals is observed, in order`() throws {
    var search = strategy()
    let start = search.controller.weights
    let candidates = try (0..<7).map { _ in try #require(try search.propose()) }
    for (index, candidate) in candidates.prefix(3).enumerated() {
      try search.observe(trial(candidate, 0.1 * Double(index)))
    }
    // Neither what it did not propose, nor a control, nor what was cut short counts.
    try search.observe(trial(Candidate(Genotype([0, 0, 0, 0, 0, 0])), 0.9))
    try search.observe(trial(Candidate(candidates[3].genotype, isRandom: true), 0.9))
    try search.observe(trial(candidates[3], 0.9, state: .stoppedEarly))
    try search.observe(trial(candidates[4], 0.9, state: .cancelled))
    #expect(search.controller.weights == start)
    try search.observe(trial(candidates[5], 0.9))
    #expect(search.controller.weights != start)
    // The same without what was passed over.
    var other = strategy()
    for _ in 0..<7 { _ = try other.propose() }
    for (index, candidate) in candidates.prefix(3).enumerated() {
      try other.observe(trial(candidate, 0.1 * Double(index)))
    }
    try other.observe(trial(candidates[5], 0.9))
    #expect(other.controller.weights == search.controller.weights)
  }

  @Test func `failures of a candidate count as the worst reward`() throws {
    func weights(_ end: (Candidate) -> Trial) throws -> [Double] {
      var search = strategy()
      let candidates = try (0..<4).map { _ in try #require(try search.propose()) }
      try search.observe(end(candidates[0]))
      for candidate in candidates.dropFirst() { try search.observe(trial(candidate, 0.7)) }
      return search.controller.weights
    }
    let zero = try weights { trial($0, 0) }
    for state in [Trial.State.infeasible, .diverged, .failed] {
      #expect(try weights { trial($0, 0.9, state: state) } == zero)
    }
    #expect(try weights { trial($0, .nan) } == zero)
    #expect(try weights { trial($0, 0.1) } != zero)
  }

  @Test func `the best of the last two epochs is what counts, cubed`() throws {
    func weights(
      _ end: (Candidate) -> Trial, _ params: [String: JSONValue] = [:]
    ) throws
      -> [Double]
    {
      var search = strategy(params)
      let candidates = try (0..<4).map { _ in try #require(try search.propose()) }
      try search.observe(end(candidates[0]))
      for candidate in candidates.dropFirst() { try search.observe(trial(candidate, 0.5)) }
      return search.controller.weights
    }
    let plain = try weights { trial($0, 0.8) }
    #expect(try weights { trial($0, 0.6, curve: [0.95, 0.8, 0.6]) } == plain)
    #expect(try weights { trial($0, 0.6, curve: [0.95, 0.6, 0.6]) } != plain)
    #expect(
      try weights({ trial($0, 0.6, curve: [0.8, 0.2, 0.6]) }, ["reward_epochs": 3]) == plain)
    #expect(try weights({ trial($0, 0.8) }, ["reward_power": 1]) != plain)
  }

  @Test func `networks start shallow and gain layers as samples come in`() throws {
    let space = NASChainSpace(layers: 4, minLayers: 2)
    func depths(_ params: [String: JSONValue], trials: Int?) throws -> [Int] {
      var search = Search(strategy(params, points: space.points, trials: trials), lag: 4)
      try search.run(to: 60) { _ in .accuracy(0.5) }
      #expect(search.genotypes.allSatisfy { $0.lies(in: space.points) })
      return search.genotypes.map { ($0.decisions[0] ?? -9) + 2 }
    }
    func runs(_ counts: [Int]) -> [Int] {
      counts.enumerated().flatMap { Array(repeating: 2 + $0.offset, count: $0.element) }
    }
    #expect(try depths([:], trials: 60) == runs([15, 15, 30]))
    #expect(try depths(["depth_every": 5], trials: 60) == runs([5, 5, 50]))
    #expect(try depths([:], trials: nil) == runs([25, 25, 10]))
  }

  @Test func `a state is small enough to be stored after every trial`() throws {
    var search = Search(strategy(), lag: 4)
    try search.run(to: 30) { .accuracy(Double($0.number % 7) / 7) }
    let data = try JSONEncoder().encode(search.strategy)
    #expect(data.count < 200_000, "\(data.count) bytes")
  }
}
