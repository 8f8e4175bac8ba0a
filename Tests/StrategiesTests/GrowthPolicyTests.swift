import Architectures
import Domain
import Foundation
import Strategies
import Testing

@Suite struct GrowthPolicyTests {
  private let space = EASChainSpace()

  private func plan(_ code: String) throws -> EASChainPlan {
    try space.plan(of: space.genotype(of: code))
  }

  /// log P + entropyWeight · H of steps, in plain terms of the policy's probabilities.
  private func score(
    _ policy: GrowthPolicy, _ steps: [GrowthStep], _ start: EASChainPlan, entropy: Double
  ) -> Double {
    var plan = start
    var sum = 0.0
    for step in steps {
      switch step {
      case .wider(let bits):
        for (bit, probability) in zip(bits, policy.widerProbabilities(plan)) {
          guard let p = probability else { continue }
          sum += log(bit ? p : 1 - p) - entropy * (p * log(p) + (1 - p) * log(1 - p))
        }
      case .deeper(let block, let layer, let kernel):
        let distributions = policy.deeperProbabilities(plan, block: block, layer: layer)
        for (p, chosen) in zip(distributions, [block, layer, kernel]) {
          sum += log(p[chosen]) - entropy * p.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 }
        }
      }
      plan = policy.space.applying(step, to: plan)
    }
    return sum
  }

  @Test func `gradients agree with central differences`() throws {
    var policy = GrowthPolicy(space, hidden: 5, seed: 3)
    var generator = SeededGenerator(seed: 4)
    for index in policy.weights.indices { policy.weights[index] = generator.unit() - 0.5 }
    let start = try plan("conv-8-3 conv-24-3 pool conv-8-5 fc-16")
    let steps: [GrowthStep] = [
      .wider([true, false, false, true]), .deeper(block: 1, layer: 0, kernel: 2),
      .deeper(block: 2, layer: 0, kernel: 0),
    ]
    var gradient = [Double](repeating: 0, count: policy.weights.count)
    policy.accumulate(steps, from: start, advantage: 1, entropy: 0.3, into: &gradient)
    #expect(gradient.count { $0 != 0 } > gradient.count / 2)
    for _ in 0..<400 {
      let index = generator.below(gradient.count)
      let delta = 1e-5
      var (above, below) = (policy, policy)
      above.weights[index] += delta
      below.weights[index] -= delta
      let slope =
        (score(above, steps, start, entropy: 0.3) - score(below, steps, start, entropy: 0.3))
        / (2 * delta)
      #expect(abs(slope + gradient[index]) < 1e-6 + 1e-5 * abs(slope), "weight \(index)")
    }
  }

  @Test func `what cannot be done has no probability and no gradient`() throws {
    let policy = GrowthPolicy(space, hidden: 8, seed: 1)
    // The second layer and the last stand on their top rungs; the first stage is full.
    let start = try plan("conv-8-3 conv-24-3 conv-8-1 pool conv-8-5 fc-48")
    #expect(
      policy.widerProbabilities(start).map { $0 == nil } == [false, true, false, false, true])
    let closed = policy.deeperProbabilities(start, block: 1, layer: 0)
    #expect(closed.map(\.count) == [3, 3, 3] && closed[0][0] == 0)
    #expect(
      closed[1][0] == 1 && closed[1][1] == 0 && closed[1][2] == 0, "one layer to stand behind")
    #expect(closed.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 })
    // A layer on its top rung gives the same gradient whether it was "widened" or not.
    func gradient(_ bits: [Bool]) -> [Double] {
      var sum = [Double](repeating: 0, count: policy.weights.count)
      policy.accumulate([.wider(bits)], from: start, advantage: 1, entropy: 0, into: &sum)
      return sum
    }
    #expect(
      gradient([true, false, true, false, false]) == gradient([true, true, true, false, true]))
    #expect(
      gradient([true, false, true, false, false]) != gradient([false, false, true, false, false]))
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<200 {
      guard case .wider(let bits) = policy.sampleWider(start, using: &generator),
        case .deeper(let block, let layer, _) = policy.sampleDeeper(start, using: &generator)
      else { Issue.record("no step"); continue }
      #expect(!bits[1] && !bits[4])
      #expect(block > 0 && layer == 0)
    }
    let full = try plan("conv-8-3 conv-24-3 conv-8-1 pool conv-8-5 conv-8-5 conv-8-5 fc-48 fc-48")
    #expect(policy.sampleDeeper(full, using: &generator) == nil)
  }

  @Test func `steps go one rung up, and insert a layer as wide as the one before`() throws {
    let start = try plan("conv-8-3 pool conv-16-5 fc-16")
    func code(_ steps: [GrowthStep]) throws -> String {
      try space.code(of: space.genotype(of: steps.reduce(start) { space.applying($1, to: $0) }))
    }
    #expect(try code([.wider([true, false, true])]) == "conv-12-3 pool conv-16-5 fc-24")
    #expect(
      try code([.deeper(block: 1, layer: 0, kernel: 0), .deeper(block: 2, layer: 0, kernel: 0)])
        == "conv-8-3 pool conv-16-5 conv-16-1 fc-16 fc-16")
    #expect(try code([.deeper(block: 0, layer: 2, kernel: 0)]) == "conv-8-3 pool conv-16-5 fc-16")
  }

  @Test func `the controller learns to widen the second convolution alone where that is paid`()
    throws
  {
    let ladder = EASChainSpace(widths: [8, 16], units: [8, 16])
    let start = try ladder.plan(of: ladder.genotype(of: "conv-8-3 pool conv-8-3 fc-8"))
    var controller = GrowthController(
      ladder, hidden: 16, learningRate: 0.01, entropy: 1e-4, seed: 1)
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<150 {
      let children = (0..<8).map { _ in
        controller.policy.sample(from: start, wider: 1, deeper: 0, using: &generator)
      }
      let rewards = children.map { steps in
        steps.reduce(start) { ladder.applying($1, to: $0) }.stages[1][0].width == 16 ? 1.0 : 0
      }
      let mean = rewards.reduce(0, +) / 8
      controller.learn(
        zip(children, rewards).map {
          GrowthController.Lesson(start: start, steps: $0, advantage: $1 - mean)
        })
    }
    let probabilities = controller.policy.widerProbabilities(start).compactMap { $0 }
    #expect(probabilities.count == 3 && probabilities[1] > 0.9, "\(probabilities)")
  }

  @Test func `a controller is stored to the last bit`() throws {
    var controller = GrowthController(space, hidden: 6, learningRate: 0.01, entropy: 0, seed: 2)
    let start = try plan("conv-8-3 pool conv-8-3 fc-16")
    let lesson = GrowthController.Lesson(
      start: start, steps: [.wider([true, false, true])], advantage: 0.7)
    controller.learn([lesson])
    var restored = try JSONDecoder().decode(
      GrowthController.self, from: JSONEncoder().encode(controller))
    #expect(restored.policy.weights == controller.policy.weights)
    controller.learn([lesson])
    restored.learn([lesson])
    #expect(restored.policy.weights == controller.policy.weights)
  }
}
