import Architectures
import Domain
import Engine
import Strategies
import Testing
import Training

@Suite struct ENASTests {
  private func search(_ points: [DecisionPoint], _ given: [String: JSONValue] = [:]) -> ENAS {
    ENAS(
      points, ToySupernet.parameters(ENAS.entry, given.merging(["batch_size": 16]) { $1 }), seed: 3)
  }

  /// A space with skip bits where there is one, else any.
  private func space() throws -> any SearchSpace {
    try ToySupernet.space("nasbench201-cell", ["width": 4, "stages": 2])
  }

  @Test func `weights rest while the policy learns, and the policy while the weights do`() throws {
    let space = try space()
    var search = search(space.points, ["warmup": 0, "policy_steps": 3])
    let shared = try ToySupernet.shared(space, search.settings)
    let policy = search.controller.weights
    let start = shared.flatWeights
    _ = try search.learnWeights(shared, epoch: 0, of: 2)
    #expect(search.controller.weights == policy)
    let trained = shared.execution.weights()
    #expect(shared.flatWeights != start)
    _ = try search.learnPolicy(shared, epoch: 0)
    #expect(search.controller.weights != policy)
    #expect(shared.execution.weights() == trained, "running statistics rest too")
  }

  @Test func `weights off the path stay, bit for bit`() throws {
    let space = try space()
    let search = search(space.points)
    let shared = try ToySupernet.shared(space, search.settings)
    let path = Genotype([3, 1, 3, 4, 2, 1])
    try shared.choose(path)
    _ = try shared.learn(rate: 0.1)
    let before = shared.execution.weights()
    let other = Genotype([1, 3, 1, 2, 4, 3])
    try shared.choose(other)
    _ = try shared.learn(rate: 0.1)
    let after = shared.execution.weights()
    var moved: [String] = []
    for key in before.keys where before[key] != after[key] && !key.contains("running") {
      moved.append(key)
    }
    #expect(!moved.isEmpty)
    for edge in 0..<6 {
      let words = NASBench201Space.operations
      for (value, word) in words.enumerated() where word.hasPrefix("nor") {
        let isOnPath = other.decisions[edge] == value
        let isMoved = moved.contains { $0.contains("edges.\(edge).\(word)") }
        #expect(isMoved == isOnPath, "edge \(edge) \(word)")
      }
    }
  }

  @Test func `the skip penalty is zero at its target and pulls from both sides`() {
    let penalty = PolicyGradient.SkipPenalty(weight: 0.8, target: 0.4)
    #expect(penalty.gradient(0.4) == 0)
    #expect(penalty.gradient(0.7) > 0 && penalty.gradient(0.1) < 0)
    func divergence(_ score: Double) -> Double {
      let q = PortableMath.sigmoid(score)
      return 0.8
        * (q * PortableMath.log(q / 0.4) + (1 - q) * PortableMath.log((1 - q) / 0.6))
    }
    for score in [-2.0, -0.4, 0.3, 1.5] {
      let slope = (divergence(score + 1e-5) - divergence(score - 1e-5)) / 2e-5
      #expect(abs(penalty.gradient(PortableMath.sigmoid(score)) - slope) < 1e-8)
    }
  }

  private func probability(of value: Int, at point: Int, _ search: ENAS) -> Double {
    var generator = SeededGenerator(seed: 8)
    var sum = 0.0
    for _ in 0..<200 {
      let pass = search.controller.sample(using: &generator)
      if pass.genotype.decisions[point] == value { sum += 1 }
    }
    return sum / 200
  }

  private static let toy = (0..<4).map {
    DecisionPoint("layer \($0)", values: (0..<6).map(String.init), kind: "operation \($0)")
  }

  private func trained(_ bound: Double, epochs: Int) throws -> ENAS {
    var search = search(
      ENASTests.toy,
      ["bound": .number(bound), "policy_steps": 10, "aggregate": 8, "policy_rate": 0.005])
    for epoch in 0..<epochs {
      _ = try search.learnPolicy(epoch: epoch, seed: 1, points: ENASTests.toy) {
        $0.decisions[2] == 4 ? 1 : 0
      }
    }
    return search
  }

  @Test func `a policy that is told what to prefer prefers it within 80 steps`() throws {
    let search = try trained(0, epochs: 8)
    #expect(probability(of: 4, at: 2, search) > 0.9)
  }

  @Test func `bounded scores cap the policy's confidence`() throws {
    let search = try trained(1.5, epochs: 20)
    // e^c / (e^c + 5 e^-c) with c = 1.5 is 0.8007.
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<50 {
      var genotype = search.controller.sample(using: &generator).genotype
      genotype.decisions[2] = 4
      let reached = PortableMath.exp(search.controller.replay(genotype).logProbabilities[2])
      #expect(reached > 0.6 && reached < 0.8008, "\(reached)")
    }
  }
}
