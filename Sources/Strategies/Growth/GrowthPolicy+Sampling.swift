package import Architectures
package import Domain

extension GrowthPolicy {
  /// For each layer, convolutions first, how likely it is to become wider; nil where it cannot.
  package func widerProbabilities(_ plan: EASChainPlan) -> [Double?] {
    var tape = GradientTape(weights)
    let scores = widerScores(plan, on: &tape)
    return zip(scores, space.canWiden(plan)).map { score, isOpen in
      isOpen ? PortableMath.sigmoid(tape[score][0]) : nil
    }
  }

  /// Probabilities of an insertion's choices, the others taken as given: block, layer, kernel.
  package func deeperProbabilities(
    _ plan: EASChainPlan, block: Int, layer: Int
  ) -> [[Double]] {
    var tape = GradientTape(weights)
    var result: [[Double]] = []
    _ = deeperChoices(plan, on: &tape) { number, scores, mask in
      result.append(GrowthPolicy.softmax(scores, mask))
      return [block, layer, 0][number]
    }
    return result
  }

  /// Draws which layers become wider.
  package func sampleWider(
    _ plan: EASChainPlan, using generator: inout SeededGenerator
  ) -> GrowthStep {
    .wider(widerProbabilities(plan).map { $0.map { generator.unit() < $0 } ?? false })
  }

  /// Draws an insertion; nil where no block has room.
  package func sampleDeeper(
    _ plan: EASChainPlan, using generator: inout SeededGenerator
  ) -> GrowthStep? {
    guard space.canDeepen(plan).contains(true) else { return nil }
    var tape = GradientTape(weights)
    let choices = deeperChoices(plan, on: &tape) { _, scores, mask in
      let probabilities = GrowthPolicy.softmax(scores, mask)
      var rest = generator.unit()
      for (value, probability) in probabilities.enumerated() where mask[value] {
        rest -= probability
        if rest < 0 { return value }
      }
      return mask.lastIndex(of: true) ?? 0
    }
    let numbers = choices.map(\.chosen)
    return .deeper(
      block: numbers[0], layer: numbers[1], kernel: numbers.count > 2 ? numbers[2] : 0)
  }

  /// Draws the steps of one child: some wider, then some deeper, the network read anew before each.
  package func sample(
    from plan: EASChainPlan, wider: Int, deeper: Int, using generator: inout SeededGenerator
  ) -> [GrowthStep] {
    var plan = plan
    var steps: [GrowthStep] = []
    for number in 0..<wider + deeper {
      let step =
        number < wider
        ? sampleWider(plan, using: &generator) : sampleDeeper(plan, using: &generator)
      guard let step else { break }
      steps.append(step)
      plan = space.applying(step, to: plan)
    }
    return steps
  }

  /// Adds the gradient of −(advantage · log P + entropy · H) of a child's steps to `total`.
  ///
  /// - Source: Williams 1992, REINFORCE.
  package func accumulate(
    _ steps: [GrowthStep], from start: EASChainPlan, advantage: Double, entropy: Double,
    into total: inout [Double]
  ) {
    var plan = start
    for step in steps {
      var tape = GradientTape(weights)
      switch step {
      case .wider(let bits):
        let scores = widerScores(plan, on: &tape)
        let isOpen = space.canWiden(plan)
        let seeds = scores.indices.filter { isOpen[$0] }.map { index in
          let score = tape[scores[index]][0]
          let p = PortableMath.sigmoid(score)
          // dH/ds = −s · p · (1 − p) for a coin of score s.
          let gradient =
            advantage * ((bits[index] ? 1 : 0) - p) - entropy * score * p * (1 - p)
          return (node: scores[index], gradient: [-gradient])
        }
        tape.accumulate(seeds, into: &total)
      case .deeper(let block, let layer, let kernel):
        let choices = deeperChoices(plan, on: &tape) { number, _, _ in
          [block, layer, kernel][number]
        }
        let seeds = choices.map { choice in
          let p = GrowthPolicy.softmax(tape[choice.scores], choice.mask)
          let logs = p.map { $0 > 0 ? PortableMath.log($0) : 0 }
          let sum = zip(p, logs).reduce(0) { $0 - $1.0 * $1.1 }
          let gradient = p.indices.map { index in
            guard choice.mask[index] else { return 0.0 }
            let hit = index == choice.chosen ? 1.0 : 0.0
            return -(advantage * (hit - p[index]) - entropy * p[index] * (logs[index] + sum))
          }
          return (node: choice.scores, gradient: gradient)
        }
        tape.accumulate(seeds, into: &total)
      }
      plan = space.applying(step, to: plan)
    }
  }
}
