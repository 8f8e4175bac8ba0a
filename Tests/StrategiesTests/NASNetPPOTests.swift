import Architectures
import Domain
import Strategies
import Testing

@Suite struct NASNetPPOTests {
  @Test func `a hidden target is found within 800 samples by seven seeds of eight`() throws {
    let params: [String: JSONValue] = [
      "learning_rate": 0.005, "batch": 20, "epochs": 4, "hidden": 24,
    ]
    let found = try (1...8).map { seed in
      try ToyTarget(seed: seed).samples(NASNetPPO.entry, params, limit: 800, seed: seed)
    }
    #expect(found.count { $0 != nil } >= 7, "\(found)")
  }

  @Test func `a decision whose ratio has gone far enough is not pushed further`() {
    let objective = ProximalObjective(clip: 0.2)
    func weight(ratio: Double, advantage: Double) -> Double {
      objective.weights([0.3 + PortableMath.log(ratio)], old: [0.3], advantage: advantage)[0]
    }
    #expect(weight(ratio: 1.21, advantage: 2) == 0)
    #expect(weight(ratio: 0.79, advantage: -2) == 0)
    // Back towards 1 it may always go.
    for (ratio, advantage) in [(1.21, -2.0), (0.79, 2), (1.19, 2), (0.81, -2), (1.19, -2)] {
      #expect(abs(weight(ratio: ratio, advantage: advantage) - ratio * advantage) < 1e-12)
    }
  }

  @Test func `at a ratio of 1 the gradient is that of REINFORCE, and beyond the clip none is left`()
    throws
  {
    let policy = Controller(NASBench201Space().points, Controller.Shape(), seed: 3)
    var generator = SeededGenerator(seed: 4)
    let pass = policy.sample(using: &generator)
    func gradient(_ weights: [Double]) -> PolicyGradient {
      var gradient = PolicyGradient(policy)
      gradient.add(policy.replay(pass.genotype), of: policy, weights: weights, entropyWeight: 0)
      return gradient
    }
    let objective = ProximalObjective(clip: 0.2)
    let now = policy.replay(pass.genotype).logProbabilities
    #expect(now == pass.logProbabilities, "the draw's own probabilities")
    let proximal = gradient(objective.weights(now, old: pass.logProbabilities, advantage: 0.4))
    let plain = gradient(Array(repeating: 0.4, count: 6))
    #expect(zip(proximal.values, plain.values).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(plain.norm > 0)
    let old = now.map { $0 - 0.3 }
    #expect(gradient(objective.weights(now, old: old, advantage: 0.4)).norm == 0)
  }

  @Test func `several epochs move the ratios away from 1, and old probabilities are the draw's`()
    throws
  {
    func ratios(epochs: Int) throws -> [Double] {
      var faults: [Fault] = []
      let parameters = Parameters(
        ["epochs": .number(Double(epochs)), "batch": 4], for: NASNetPPO.entry.parameters, at: "",
        faults: &faults)
      var strategy = NASNetPPO(
        StrategyContext(
          points: NASBench201Space().points, parameters: parameters, objectives: [], seed: 5))
      let before = strategy.controller
      let candidates = try (0..<4).map { _ in try #require(try strategy.propose()) }
      for (index, candidate) in candidates.enumerated() {
        var trial = Trial(number: index + 1, candidate: candidate, code: "")
        trial.state = .completed
        trial.metrics = [MetricName.searchAccuracy: 0.3 * Double(index)]
        try strategy.observe(trial)
      }
      return candidates.flatMap { candidate in
        zip(
          strategy.controller.replay(candidate.genotype).logProbabilities,
          before.replay(candidate.genotype).logProbabilities
        ).map { abs($0 - $1) }
      }
    }
    let one = try ratios(epochs: 1).reduce(0, +)
    let four = try ratios(epochs: 4).reduce(0, +)
    #expect(one > 0 && four > 2 * one)
  }

  @Test func `a gradient is shortened to the limit, not turned`() {
    let policy = Controller(NASBench201Space().points, Controller.Shape(), seed: 3)
    var generator = SeededGenerator(seed: 4)
    let pass = policy.sample(using: &generator)
    var gradient = PolicyGradient(policy)
    gradient.add(pass, of: policy, weights: Array(repeating: 5, count: 6), entropyWeight: 0)
    let whole = gradient
    gradient.clip(to: 0.5)
    #expect(whole.norm > 0.5 && abs(gradient.norm - 0.5) < 1e-12)
    #expect(
      zip(gradient.values, whole.values).allSatisfy { abs($0 * whole.norm - $1 * 0.5) < 1e-12 })
    gradient.clip(to: 1)
    #expect(abs(gradient.norm - 0.5) < 1e-12)
  }
}
