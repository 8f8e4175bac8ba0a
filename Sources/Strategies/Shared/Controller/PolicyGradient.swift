/// The gradient of a loss over passes of a policy, by the controller's weights.
///
/// The loss of a pass is −Σ_t (weight_t · log P_t + entropyWeight · H_t) over its decisions t: with an
/// advantage as weight this is REINFORCE, with a clipped ratio times an advantage PPO.
package struct PolicyGradient: Sendable {
  /// Holds the probability q of every link to a target ρ: weight times KL(q ‖ ρ), summed over the links
  /// into a layer and averaged over the layers that have any, is added to the loss.
  ///
  /// - Source: Pham et al. 2018, arXiv:1802.03268, §3.2 and the released code.
  package struct SkipPenalty: Codable, Hashable, Sendable {
    package var weight: Double
    package let target: Double

    package init(weight: Double, target: Double) {
      self.weight = weight
      self.target = target
    }

    /// The derivative of one link's term by the score s of q = sigmoid(s), where one layer has links.
    package func gradient(_ q: Double) -> Double {
      guard weight != 0, q > 0, q < 1 else { return 0 }
      return weight * q * (1 - q)
        * (PortableMath.log(q / target) - PortableMath.log((1 - q) / (1 - target)))
    }

    func scaled(by factor: Double) -> SkipPenalty {
      SkipPenalty(weight: weight * factor, target: target)
    }
  }

  /// By the controller's weights; add to it what passes bring.
  package private(set) var values: [Double]

  package init(_ controller: Controller) {
    values = Array(repeating: 0, count: controller.weights.count)
  }

  /// The Euclidean length.
  package var norm: Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// Shortens it to a length at most.
  package mutating func clip(to limit: Double) {
    let norm = norm
    guard norm > limit else { return }
    let factor = limit / norm
    for index in values.indices { values[index] *= factor }
  }

  /// Adds the gradient of one pass's loss.
  ///
  /// - Parameter weights: one number per decision of the pass; treated as constants.
  /// - Complexity: O(steps · hidden² · layers).
  package mutating func add(
    _ pass: PolicyPass, of controller: Controller, weights: [Double], entropyWeight: Double,
    skip: SkipPenalty? = nil
  ) {
    var backward = Backward(pass, controller, skip)
    backward.run(weights: weights, entropyWeight: entropyWeight, into: &values)
  }
}

extension PolicyGradient {
  /// The way back through one pass.
  private struct Backward {
    let pass: PolicyPass
    let controller: Controller
    let hidden: Int
    let skip: SkipPenalty?
    /// Layers that links lead into.
    let linked: Int
    /// By layer: gradients of the output and the cell that the step before handed on.
    var outputs: [[Double]]
    var cells: [[Double]]
    /// By anchor: gradients of its output and of its two projections.
    var anchors: [[Double]]
    var earlier: [[Double]]
    var later: [[Double]]

    init(_ pass: PolicyPass, _ controller: Controller, _ skip: SkipPenalty?) {
      self.pass = pass
      self.skip = skip
      self.controller = controller
      linked =
        Set(
          pass.events.compactMap { event -> Int? in
            if case .link(_, let to, _, _, _, _) = event { to } else { nil }
          }
        ).count
      hidden = controller.shape.hidden
      let zeros = [Double](repeating: 0, count: hidden)
      outputs = Array(repeating: zeros, count: controller.shape.layers)
      cells = outputs
      anchors = Array(repeating: zeros, count: controller.plan.anchors)
      earlier = anchors
      later = anchors
    }

    mutating func run(weights: [Double], entropyWeight: Double, into total: inout [Double]) {
      let top = controller.shape.layers - 1
      var decision = weights.count
      var step = pass.steps.count / (controller.shape.layers * PolicyPass.stride(hidden))
      for event in pass.events.reversed() {
        switch event {
        case .step(let source):
          step -= 1
          let input = back(step, into: &total)
          take(input, to: source, into: &total)
        case .softmax(let kind, let values, let chosen, let place):
          decision -= 1
          let scores = softmaxGradient(
            values, chosen, place, weight: weights[decision], entropyWeight: entropyWeight,
            entropy: pass.entropies[decision])
          head(kind, scores, output: output(step - 1), top: top, into: &total)
        case .anchor(let number):
          anchor(number, output: output(step - 1), top: top, into: &total)
        case .link(let from, let to, let bit, let probability, let bounded, let place):
          decision -= 1
          link(
            from, to, place,
            score: linkGradient(
              bit, probability, bounded, weight: weights[decision], entropyWeight: entropyWeight),
            into: &total)
        }
      }
    }

    /// The top layer's output at a step.
    private func output(_ step: Int) -> [Double] {
      let end = (step + 1) * controller.shape.layers * PolicyPass.stride(hidden)
      return Array(pass.steps[end - hidden..<end])
    }

    /// How the raw score of a softmax or sigmoid moves what is drawn from.
    private func slope(_ bounded: Double) -> Double {
      let scale = 1 / controller.shape.temperature
      guard let bound = controller.shape.bound else { return scale }
      return bound * (1 - bounded * bounded) * scale
    }

    private func softmaxGradient(
      _ values: Int, _ chosen: Int, _ place: Int, weight: Double, entropyWeight: Double,
      entropy: Double
    ) -> [Double] {
      (0..<values).map { value in
        let p = pass.probabilities[place + value]
        var gradient = weight * (p - (value == chosen ? 1 : 0))
        if entropyWeight != 0, p > 0 {
          gradient += entropyWeight * p * (PortableMath.log(max(p, 0x1p-1000)) + entropy)
        }
        return gradient * slope(pass.bounded[place + value])
      }
    }

    private func linkGradient(
      _ bit: Int, _ p: Double, _ bounded: Double, weight: Double, entropyWeight: Double
    ) -> Double {
      var gradient = weight * (p - Double(bit))
      if entropyWeight != 0, p > 0, p < 1 {
        gradient += entropyWeight * p * (1 - p) * (PortableMath.log(p) - PortableMath.log(1 - p))
      }
      if let skip { gradient += skip.gradient(p) / Double(linked) }
      return gradient * slope(bounded)
    }

    private mutating func head(
      _ number: Int, _ scores: [Double], output: [Double], top: Int, into total: inout [Double]
    ) {
      let kind = controller.plan.kinds[number]
      let padded = scores + Array(repeating: 0, count: kind.values - scores.count)
      for (index, value) in scores.enumerated() { total[kind.bias.start + index] += value }
      multiplyGradient(output, kind.head, padded, &outputs[top], into: &total)
    }

    private mutating func anchor(
      _ number: Int, output: [Double], top: Int, into total: inout [Double]
    ) {
      guard let links = controller.plan.links else { return }
      for unit in 0..<hidden { outputs[top][unit] += anchors[number][unit] }
      multiplyGradient(output, links.earlier, earlier[number], &outputs[top], into: &total)
      multiplyGradient(output, links.later, later[number], &outputs[top], into: &total)
    }

    private mutating func link(
      _ from: Int, _ to: Int, _ place: Int, score: Double, into total: inout [Double]
    ) {
      guard let links = controller.plan.links else { return }
      for unit in 0..<hidden {
        let value = pass.linkHidden[place + unit]
        let weight = controller.weights[links.score.start + unit]
        total[links.score.start + unit] += score * value
        let gradient = score * weight * (1 - value * value)
        earlier[from][unit] += gradient
        later[to][unit] += gradient
      }
    }

    private func multiplyGradient(
      _ x: [Double], _ tensor: PolicyPlan.Tensor, _ gradient: [Double],
      _ target: inout [Double], into total: inout [Double]
    ) {
      controller.weights.withUnsafeBufferPointer { weights in
        total.withUnsafeMutableBufferPointer { total in
          guard let weights = weights.baseAddress, let total = total.baseAddress else { return }
          Dense.multiplyGradient(
            x, rows: tensor.rows, weights + tensor.start, columns: tensor.columns,
            gradient: gradient, into: &target, total + tensor.start)
        }
      }
    }

    /// Back through all layers of a step; returns the gradient of what the step read.
    private mutating func back(_ step: Int, into total: inout [Double]) -> [Double] {
      let layers = controller.shape.layers
      let size = PolicyPass.stride(hidden)
      var below = [Double](repeating: 0, count: hidden)
      for layer in (0..<layers).reversed() {
        let start = (step * layers + layer) * size
        let before = step > 0 ? start - layers * size : nil
        let gates = gateGradients(layer, start, before)
        let tensor = controller.plan.recurrent[layer]
        let bias = controller.plan.recurrentBias[layer].start
        for (unit, value) in gates.enumerated() { total[bias + unit] += value }
        below = Array(repeating: 0, count: hidden)
        outputs[layer] = below
        let half = PolicyPlan.Tensor(
          name: tensor.name, start: tensor.start, rows: hidden, columns: 4 * hidden)
        multiplyGradient(
          Array(pass.steps[start..<start + hidden]), half, gates, &below, into: &total)
        if let before {
          let rest = PolicyPlan.Tensor(
            name: tensor.name, start: tensor.start + hidden * 4 * hidden, rows: hidden,
            columns: 4 * hidden)
          multiplyGradient(
            Array(pass.steps[before + 7 * hidden..<before + 8 * hidden]), rest, gates,
            &outputs[layer], into: &total)
        }
        if layer > 0 {
          for unit in 0..<hidden { outputs[layer - 1][unit] += below[unit] }
        }
      }
      return below
    }

    /// Gradients before the gates' curves; leaves the cell's for the step before.
    private mutating func gateGradients(_ layer: Int, _ start: Int, _ before: Int?) -> [Double] {
      var result = [Double](repeating: 0, count: 4 * hidden)
      let gates = start + hidden
      for unit in 0..<hidden {
        let i = pass.steps[gates + unit]
        let f = pass.steps[gates + hidden + unit]
        let g = pass.steps[gates + 2 * hidden + unit]
        let o = pass.steps[gates + 3 * hidden + unit]
        let tanh = pass.steps[start + 6 * hidden + unit]
        let output = outputs[layer][unit]
        let cell = cells[layer][unit] + output * o * (1 - tanh * tanh)
        let last = before.map { pass.steps[$0 + 5 * hidden + unit] } ?? 0
        result[unit] = cell * g * i * (1 - i)
        result[hidden + unit] = cell * last * f * (1 - f)
        result[2 * hidden + unit] = cell * i * (1 - g * g)
        result[3 * hidden + unit] = output * tanh * o * (1 - o)
        cells[layer][unit] = cell * f
      }
      return result
    }

    private mutating func take(
      _ gradient: [Double], to source: PolicyPass.Source, into total: inout [Double]
    ) {
      switch source {
      case .start: add(gradient, at: controller.plan.first.start, to: &total)
      case .embedding(let kind, let value):
        add(
          gradient, at: controller.plan.kinds[kind].embedding.start + value * hidden, to: &total)
      case .anchors(let numbers):
        for number in numbers {
          for unit in 0..<hidden {
            anchors[number][unit] += gradient[unit] / Double(1 + numbers.count)
          }
        }
      }
    }

    private func add(_ gradient: [Double], at start: Int, to total: inout [Double]) {
      for (unit, value) in gradient.enumerated() { total[start + unit] += value }
    }
  }
}
