package import Domain

/// One walk of a controller through all points: what was decided, how likely each decision was, and
/// what the gradient needs to know.
package struct PolicyPass: Sendable {
  /// What a step reads.
  enum Source: Sendable {
    case start
    case embedding(kind: Int, value: Int)
    /// The mean of anchors, as if there were one more, of zeros.
    case anchors([Int])
  }

  /// What happened, in order.
  enum Event: Sendable {
    case step(Source)
    /// A softmax over `values` scores, whose probabilities start at `place`.
    case softmax(kind: Int, values: Int, chosen: Int, place: Int)
    /// The last step's output becomes an anchor.
    case anchor(Int)
    /// A sigmoid; the hidden layer of its score starts at `place` in `linkHidden`.
    case link(from: Int, to: Int, bit: Int, probability: Double, bounded: Double, place: Int)
  }

  package private(set) var genotype: Genotype
  /// Of each decision taken by chance, in order.
  package private(set) var logProbabilities: [Double] = []
  /// Of each decision's distribution, in nats.
  package private(set) var entropies: [Double] = []
  private(set) var events: [Event] = []
  /// Of all softmaxes: probabilities, and tanh of the scores where they are bounded.
  private(set) var probabilities: [Double] = []
  private(set) var bounded: [Double] = []
  private(set) var linkHidden: [Double] = []
  /// Per step and layer: input [hidden], gates [4 · hidden], cell, its tanh, output [hidden each].
  private(set) var steps: [Double] = []
  /// By anchor: output, and its two projections.
  private(set) var anchorOutputs: [[Double]?]
  private var earlier: [[Double]?]
  private var later: [[Double]?]

  /// Numbers kept of a layer at a step.
  static func stride(_ hidden: Int) -> Int { 8 * hidden }

  /// Goes through all points; `choose` is given a point and the probabilities of its values.
  ///
  /// - Parameter given: the genotype that is gone through again; depths are taken from it.
  init(
    _ controller: Controller, depth: Int, given: Genotype? = nil,
    choose: (_ point: Int, _ probabilities: ArraySlice<Double>) -> Int
  ) {
    let points = controller.points
    let plan = controller.plan
    genotype = Genotype(Array(repeating: nil, count: points.count))
    anchorOutputs = Array(repeating: nil, count: plan.anchors)
    earlier = anchorOutputs
    later = anchorOutputs
    var source = Source.start
    // Anchors chosen since the last step; nil while no link was asked for.
    var chosen: [Int]?
    func next() -> Source {
      defer { chosen = nil }
      return chosen.map { .anchors($0) } ?? source
    }
    for (index, role) in plan.roles.enumerated() where genotype.isActive(index, in: points) {
      switch role {
      case .none: genotype.decisions[index] = 0
      case .depth:
        let last = points[index].values.count - 1
        genotype.decisions[index] = given?.decisions[index] ?? min(max(depth, 0), last)
      case .choice(let kind):
        step(next(), controller)
        let value = decide(kind, points[index].values.count, controller) { choose(index, $0) }
        genotype.decisions[index] = value
        source = .embedding(kind: kind, value: value)
      case .link(let from, let to):
        let bit = decideLink(from, to, controller) { choose(index, $0) }
        genotype.decisions[index] = bit
        chosen = (chosen ?? []) + (bit == 1 && anchorOutputs[from] != nil ? [from] : [])
      }
      if let anchor = plan.anchorAfter[index] {
        step(next(), controller)
        setAnchor(anchor, controller)
        source = .start
      }
    }
  }

  /// One step of all layers of the LSTM.
  private mutating func step(_ source: Source, _ controller: Controller) {
    let hidden = controller.shape.hidden
    let layers = controller.shape.layers
    let plan = controller.plan
    let size = PolicyPass.stride(hidden)
    let last = steps.count - layers * size
    steps.append(contentsOf: repeatElement(0, count: layers * size))
    events.append(.step(source))
    let input = vector(of: source, controller)
    steps.withUnsafeMutableBufferPointer { buffer in
      controller.weights.withUnsafeBufferPointer { weights in
        guard let base = buffer.baseAddress, let weights = weights.baseAddress else { return }
        for layer in 0..<layers {
          let x = base + last + (layers + layer) * size
          let gates = x + hidden
          let cell = gates + 4 * hidden
          let cellTanh = cell + hidden
          let output = cellTanh + hidden
          if layer == 0 {
            for unit in 0..<hidden { x[unit] = input[unit] }
          } else {
            for unit in 0..<hidden { x[unit] = (x - hidden)[unit] }
          }
          let bias = weights + plan.recurrentBias[layer].start
          for unit in 0..<4 * hidden { gates[unit] = bias[unit] }
          let matrix = weights + plan.recurrent[layer].start
          Dense.multiply(x, rows: hidden, matrix, columns: 4 * hidden, into: gates)
          let before = last >= 0 ? base + last + layer * size : nil
          if let before {
            Dense.multiply(
              before + 7 * hidden, rows: hidden, matrix + hidden * 4 * hidden,
              columns: 4 * hidden, into: gates)
          }
          for unit in 0..<hidden {
            let i = PortableMath.sigmoid(gates[unit])
            let f = PortableMath.sigmoid(gates[hidden + unit])
            let g = PortableMath.tanh(gates[2 * hidden + unit])
            let o = PortableMath.sigmoid(gates[3 * hidden + unit])
            gates[unit] = i
            gates[hidden + unit] = f
            gates[2 * hidden + unit] = g
            gates[3 * hidden + unit] = o
            cell[unit] = f * (before.map { $0[5 * hidden + unit] } ?? 0) + i * g
            cellTanh[unit] = PortableMath.tanh(cell[unit])
            output[unit] = o * cellTanh[unit]
          }
        }
      }
    }
  }

  /// What a source means in numbers.
  private func vector(of source: Source, _ controller: Controller) -> ArraySlice<Double> {
    let hidden = controller.shape.hidden
    switch source {
    case .start: return rebased(controller.weights[controller.plan.first.range])
    case .embedding(let kind, let value):
      let start = controller.plan.kinds[kind].embedding.start + value * hidden
      return rebased(controller.weights[start..<start + hidden])
    case .anchors(let numbers):
      var sum = [Double](repeating: 0, count: hidden)
      for number in numbers {
        for (unit, value) in (anchorOutputs[number] ?? []).enumerated() { sum[unit] += value }
      }
      return ArraySlice(sum.map { $0 / Double(1 + numbers.count) })
    }
  }

  private func rebased(_ slice: ArraySlice<Double>) -> ArraySlice<Double> {
    ArraySlice(Array(slice))
  }

  private func lastOutput(_ hidden: Int) -> [Double] { Array(steps.suffix(hidden)) }

  /// A softmax on the last step's output.
  private mutating func decide(
    _ number: Int, _ values: Int, _ controller: Controller,
    _ choose: (ArraySlice<Double>) -> Int
  ) -> Int {
    let kind = controller.plan.kinds[number]
    let hidden = controller.shape.hidden
    let output = lastOutput(hidden)
    var scores = Array(controller.weights[kind.bias.range])
    controller.weights.withUnsafeBufferPointer { weights in
      guard let base = weights.baseAddress else { return }
      Dense.multiply(
        output, rows: hidden, base + kind.head.start, columns: kind.values, into: &scores)
    }
    scores.removeLast(kind.values - values)
    let place = probabilities.count
    for index in scores.indices {
      let scaled = scores[index] / controller.shape.temperature
      let curved = controller.shape.bound == nil ? 0 : PortableMath.tanh(scaled)
      bounded.append(curved)
      scores[index] = controller.shape.bound.map { $0 * curved } ?? scaled
    }
    let largest = scores.reduce(-Double.infinity) { max($0, $1) }
    let powers = scores.map { PortableMath.exp($0 - largest) }
    let sum = powers.reduce(0, +)
    let logSum = PortableMath.log(sum)
    probabilities.append(contentsOf: powers.map { $0 / sum })
    let chosen = choose(ArraySlice(Array(probabilities[place...])))
    var entropy = 0.0
    for (index, score) in scores.enumerated() {
      entropy -= probabilities[place + index] * (score - largest - logSum)
    }
    entropies.append(entropy)
    logProbabilities.append(scores[chosen] - largest - logSum)
    events.append(.softmax(kind: number, values: values, chosen: chosen, place: place))
    return chosen
  }

  private mutating func setAnchor(_ number: Int, _ controller: Controller) {
    guard let links = controller.plan.links else { return }
    let hidden = controller.shape.hidden
    let output = lastOutput(hidden)
    func projected(_ tensor: PolicyPlan.Tensor) -> [Double] {
      var result = [Double](repeating: 0, count: hidden)
      controller.weights.withUnsafeBufferPointer { weights in
        guard let base = weights.baseAddress else { return }
        Dense.multiply(output, rows: hidden, base + tensor.start, columns: hidden, into: &result)
      }
      return result
    }
    anchorOutputs[number] = output
    earlier[number] = projected(links.earlier)
    later[number] = projected(links.later)
    events.append(.anchor(number))
  }

  /// A sigmoid on two anchors; an end that was never set counts as zeros.
  private mutating func decideLink(
    _ from: Int, _ to: Int, _ controller: Controller, _ choose: (ArraySlice<Double>) -> Int
  ) -> Int {
    let hidden = controller.shape.hidden
    let score = controller.plan.links?.score.start ?? 0
    let place = linkHidden.count
    var sum = 0.0
    for unit in 0..<hidden {
      let value = PortableMath.tanh((earlier[from]?[unit] ?? 0) + (later[to]?[unit] ?? 0))
      linkHidden.append(value)
      sum += value * controller.weights[score + unit]
    }
    let scaled = sum / controller.shape.temperature
    let curved = controller.shape.bound == nil ? 0 : PortableMath.tanh(scaled)
    let logit = controller.shape.bound.map { $0 * curved } ?? scaled
    let probability = PortableMath.sigmoid(logit)
    // log σ(s) and log σ(−s) without a loss of digits: −log(1 + e^−|s|), and |s| less on one side.
    let least = PortableMath.log(1 + PortableMath.exp(-abs(logit)))
    let logs = (no: -least - max(logit, 0), yes: -least + min(logit, 0))
    let bit = choose([1 - probability, probability]) == 1 ? 1 : 0
    logProbabilities.append(bit == 1 ? logs.yes : logs.no)
    entropies.append(-(1 - probability) * logs.no - probability * logs.yes)
    events.append(
      .link(
        from: from, to: to, bit: bit, probability: probability, bounded: curved, place: place))
    return bit
  }
}
