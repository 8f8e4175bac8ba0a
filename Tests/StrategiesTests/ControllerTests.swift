import Architectures
import Domain
import Foundation
import Strategies
import Testing

@Suite struct ControllerTests {
  private func controller(
    _ points: [DecisionPoint], hidden: Int = 8, layers: Int = 1, start: Double = 0.5,
    bound: Double? = nil, temperature: Double = 1
  ) -> Controller {
    var shape = Controller.Shape()
    shape.hidden = hidden
    shape.layers = layers
    shape.start = start
    shape.bound = bound
    shape.temperature = temperature
    return Controller(points, shape, seed: 4)
  }

  /// All genotypes of a small space.
  private func genotypes(of points: [DecisionPoint]) -> [Genotype] {
    var result = [Genotype(Array(repeating: nil, count: points.count))]
    for (index, point) in points.enumerated() {
      result = result.flatMap { genotype in
        guard genotype.isActive(index, in: points) else { return [genotype] }
        return point.values.indices.map { value in
          var next = genotype
          next.decisions[index] = value
          return next
        }
      }
    }
    return result
  }

  @Test func `one decision's gradient is that of the bandit, whatever the baseline`() throws {
    let rewards = [0.1, 0.9, 0.4, -0.3]
    let policy = controller([DecisionPoint("arm", values: ["a", "b", "c", "d"])])
    let p = rewards.indices.map { exp(policy.replay(Genotype([$0])).logProbabilities[0]) }
    let mean = zip(p, rewards).reduce(0) { $0 + $1.0 * $1.1 }
    let bias = try #require(policy.plan.tensors.first { $0.name == "point 0.bias" })
    for baseline in [0, 0.5, -7.25] {
      var gradient = PolicyGradient(policy)
      for arm in rewards.indices {
        gradient.add(
          policy.replay(Genotype([arm])), of: policy,
          weights: [p[arm] * (rewards[arm] - baseline)], entropyWeight: 0)
      }
      for arm in rewards.indices {
        let ascent = -gradient.values[bias.range.lowerBound + arm]
        #expect(abs(ascent - p[arm] * (rewards[arm] - mean)) < 1e-12)
      }
    }
  }

  @Test(
    arguments: [
      (1, nil, 1.0, 0.0, 0.0), (2, nil, 1.0, 0.3, 0.8), (1, 2.5, 1.7, 0.0, 0.0),
      (2, 2.5, 0.8, 0.3, 0.0), (1, 1.5, 1.0, 0.1, 0.8),
    ] as [(Int, Double?, Double, Double, Double)])
  func `gradients agree with central differences`(
    layers: Int, bound: Double?, temperature: Double, entropy: Double, skip: Double
  ) {
    let points = NASChainSpace(layers: 4, minLayers: 3, stridedLayers: 1).points
    let policy = controller(
      points, hidden: 6, layers: layers, bound: bound, temperature: temperature)
    var generator = SeededGenerator(seed: 12)
    let genotype = policy.sample(using: &generator).genotype
    let count = policy.replay(genotype).logProbabilities.count
    let weights = (0..<count).map { _ in 2 * generator.unit() - 1 }
    func loss(_ policy: Controller) -> Double {
      let pass = policy.replay(genotype)
      let chosen = zip(weights, pass.logProbabilities).reduce(0) { $0 + $1.0 * $1.1 }
      return -chosen - entropy * pass.entropies.reduce(0, +) + skip * divergence(pass)
    }
    /// KL of every link to 0.4, summed over those into a layer, averaged over the layers with links.
    func divergence(_ pass: PolicyPass) -> Double {
      var sums: [Int: Double] = [:]
      // The first point, the depth, is not decided by chance.
      #expect(genotype.decisions.count { $0 != nil } == pass.logProbabilities.count + 1)
      for (place, point) in points.enumerated() {
        guard let link = point.link, let bit = genotype.decisions[place] else { continue }
        let decided = genotype.decisions[1..<place].count { $0 != nil }
        let p = exp(pass.logProbabilities[decided])
        let q = bit == 1 ? p : 1 - p
        sums[link.to, default: 0] += q * log(q / 0.4) + (1 - q) * log((1 - q) / 0.6)
      }
      return sums.values.reduce(0, +) / Double(max(1, sums.count))
    }
    var gradient = PolicyGradient(policy)
    gradient.add(
      policy.replay(genotype), of: policy, weights: weights, entropyWeight: entropy,
      skip: skip > 0 ? PolicyGradient.SkipPenalty(weight: skip, target: 0.4) : nil)
    var moved = 0
    for tensor in policy.plan.tensors {
      for _ in 0..<5 {
        let index = tensor.range.lowerBound + generator.below(tensor.range.count)
        var up = policy
        up.weights[index] += 1e-5
        var down = policy
        down.weights[index] -= 1e-5
        let difference = (loss(up) - loss(down)) / 2e-5
        #expect(abs(difference - gradient.values[index]) < 1e-8, "\(tensor.name)")
        moved += abs(difference) > 1e-4 ? 1 : 0
      }
    }
    #expect(moved > 30, "the loss does depend on them")
  }

  @Test func `probabilities of all genotypes add up to one, links and conditions included`() {
    let chain = NASChainSpace(layers: 3, kernels: [1, 3], filters: [4]).points
    let conditional = [
      DecisionPoint("depth", values: ["1", "2", "3"]), DecisionPoint("a", values: ["x", "y"]),
      DecisionPoint("b", values: ["x", "y"], condition: .init(index: 0, values: [1, 2])),
      DecisionPoint("c", values: ["x", "y", "z"], condition: .init(index: 2, values: [1])),
    ]
    // Two points of one kind of which the first has fewer values.
    let inputs = [
      DecisionPoint("i", values: ["0", "1"], kind: "input"),
      DecisionPoint("j", values: ["0", "1", "2"], kind: "input"),
    ]
    for (points, count) in [(chain, 512), (conditional, 2 + 2 * (2 + 6)), (inputs, 6)] {
      for bound in [nil, 2.5] {
        let policy = controller(points, bound: bound)
        let all = genotypes(of: points)
        #expect(all.count == count && all.allSatisfy { $0.lies(in: points) })
        let sum = all.reduce(0.0) { $0 + exp(policy.replay($1).logProbabilities.reduce(0, +)) }
        #expect(abs(sum - 1) < 1e-12)
      }
    }
  }

  @Test func `samples come as often as their probability says`() {
    let points = NASChainSpace(layers: 2, kernels: [1, 3], filters: [4]).points
    let policy = controller(points, start: 0.9)
    let all = genotypes(of: points)
    var counts: [Genotype: Int] = [:]
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 { counts[policy.sample(using: &generator).genotype, default: 0] += 1 }
    let chiSquare = all.reduce(0.0) { sum, genotype in
      let expected = 20_000 * exp(policy.replay(genotype).logProbabilities.reduce(0, +))
      let excess = Double(counts[genotype] ?? 0) - expected
      return sum + excess * excess / expected
    }
    #expect(all.count == 32 && chiSquare < 61.1, "χ² with 31 degrees of freedom, p = 0.001")
  }

  @Test func `points of one kind share a head, and what links two places is asked of anchors`() {
    let points = NASChainSpace(layers: 4).points
    let names = controller(points).plan.tensors.map(\.name)
    #expect(
      names == [
        "start", "recurrent.0.weight", "recurrent.0.bias", "links.earlier", "links.later",
        "links.score",
      ]
        + ["filter_height", "filter_width", "filters"].flatMap { kind in
          ["embedding", "head", "bias"].map { "kind \(kind).\($0)" }
        })
    // 12 sizes and 6 links are decided; 12 steps for sizes and 4 for anchors are taken.
    var generator = SeededGenerator(seed: 3)
    #expect(controller(points).sample(using: &generator).logProbabilities.count == 18)
  }

  @Test func `a depth is set, not drawn, and deeper points are passed over`() {
    let points = NASChainSpace(layers: 4, minLayers: 2).points
    let policy = controller(points)
    var generator = SeededGenerator(seed: 3)
    for (depth, layers) in [(0, 2), (1, 3), (2, 4), (9, 4)] {
      let pass = policy.sample(using: &generator, depth: depth)
      #expect(pass.genotype.lies(in: points))
      #expect(pass.genotype.decisions[0] == layers - 2)
      #expect(pass.logProbabilities.count == 3 * layers + layers * (layers - 1) / 2)
    }
  }

  @Test func `what is stored is what goes on`() throws {
    let policy = controller(NASBench201Space().points, hidden: 32)
    let data = try JSONEncoder().encode(policy)
    #expect(data.count < 6 * policy.weights.count + 2_000, "\(data.count) bytes")
    let again = try JSONDecoder().decode(Controller.self, from: data)
    #expect(again.weights == policy.weights && again.points == policy.points)
    let cut = String(decoding: data, as: UTF8.self).replacing(
      "\"hidden\":32", with: "\"hidden\":31")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Controller.self, from: Data(cut.utf8))
    }
  }

  @Test func `portable functions are close to the library's`() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let x = 60 * generator.unit() - 30
      #expect(abs(PortableMath.exp(x) / exp(x) - 1) < 5e-16)
      #expect(abs(PortableMath.tanh(x) - tanh(x)) < 5e-16)
      #expect(abs(PortableMath.sigmoid(x) - 1 / (1 + exp(-x))) < 5e-16)
      let y = exp(x)
      #expect(abs(PortableMath.log(y) - log(y)) <= 4e-16 * max(abs(x), 1))
    }
    #expect(PortableMath.exp(0) == 1 && PortableMath.log(1) == 0 && PortableMath.tanh(0) == 0)
    #expect(PortableMath.exp(-1e9) > 0 && PortableMath.exp(1e9).isFinite)
    // Bits that must be the same on every processor.
    #expect(PortableMath.exp(1.25).bitPattern == 4_615_041_972_421_327_600)
    #expect(PortableMath.log(1.25).bitPattern == 4_597_207_614_006_925_857)
  }
}
