package import Architectures
internal import Domain

/// The meta-controller that grows plain networks: a bidirectional LSTM reads the layers, one actor
/// decides for each whether it becomes wider, another where a layer is inserted and with what kernel.
///
/// - Source: Cai et al. 2017, arXiv:1707.04873, §3.1–3.3, and released code.
/// - Departs: blocks without room are masked, so that every insertion fits the space.
package struct GrowthPolicy: Sendable {
  /// Where a matrix lies among the weights.
  struct Part: Sendable {
    let start: Int
    let rows: Int
    let columns: Int

    var range: Range<Int> { start..<start + rows * columns }

    func row(_ number: Int) -> Range<Int> {
      start + number * columns..<start + (number + 1) * columns
    }
  }

  /// A scored choice that was made: where its scores stand, which of them could be taken, which was.
  struct Choice {
    let scores: GradientTape.Node
    let mask: [Bool]
    let chosen: Int
  }

  package let space: EASChainSpace
  package let hidden: Int
  /// All parts, one after the other; single-precision numbers.
  package var weights: [Double]
  private let embedding: Part
  private let forward: (Part, Part)
  private let backward: (Part, Part)
  private let wider: (Part, Part)
  private let decoder: (Part, Part)
  private let start: Part
  private let block: (Part, Part)
  private let layer: (Part, Part)
  private let kernel: (Part, Part)
  private let blockEmbedding: Part
  private let layerEmbedding: Part
  private static let embeddingSize = 16

  /// A fresh policy, nearly indifferent.
  package init(_ space: EASChainSpace, hidden: Int, seed: UInt64) {
    self.space = space
    self.hidden = hidden
    var count = 0
    func part(_ rows: Int, _ columns: Int) -> Part {
      defer { count += rows * columns }
      return Part(start: count, rows: rows, columns: columns)
    }
    func layer(_ inputs: Int, _ outputs: Int) -> (Part, Part) {
      (part(inputs, outputs), part(1, outputs))
    }
    let size = GrowthPolicy.embeddingSize
    let both = 2 * hidden
    let tokens = space.widths.count * space.kernels.count + space.units.count + 1
    embedding = part(tokens, size)
    forward = layer(size + hidden, 4 * hidden)
    backward = layer(size + hidden, 4 * hidden)
    wider = layer(both, 1)
    decoder = layer(2 * both, 4 * both)
    start = part(1, both)
    block = layer(both, space.blocks)
    self.layer = layer(both, max(space.maxDepth, space.denseDepth))
    kernel = layer(both, space.kernels.count)
    blockEmbedding = part(space.blocks, both)
    layerEmbedding = part(max(space.maxDepth, space.denseDepth), both)
    var generator = SeededGenerator(jobSeed: seed, purpose: .initialisation)
    weights = (0..<count).map { _ in PackedNumbers.rounded(0.2 * generator.unit() - 0.1) }
  }

  /// The layers and pools of a network as numbers, and which of them are layers.
  private func tokens(_ plan: EASChainPlan) -> (numbers: [Int], isLayer: [Bool]) {
    var numbers: [Int] = []
    var isLayer: [Bool] = []
    for (stage, layers) in plan.stages.enumerated() {
      if stage > 0 {
        numbers.append(space.widths.count * space.kernels.count + space.units.count)
        isLayer.append(false)
      }
      for layer in layers {
        let width = space.widths.firstIndex(of: layer.width) ?? 0
        numbers.append(
          width * space.kernels.count + (space.kernels.firstIndex(of: layer.kernel) ?? 0))
        isLayer.append(true)
      }
    }
    for units in plan.dense {
      numbers.append(
        space.widths.count * space.kernels.count + (space.units.firstIndex(of: units) ?? 0))
      isLayer.append(true)
    }
    return (numbers, isLayer)
  }

  /// One vector for each layer, pools left out, and the final states of both directions.
  private func encode(
    _ plan: EASChainPlan, on tape: inout GradientTape
  ) -> (layers: [GradientTape.Node], last: GradientTape.State) {
    let (numbers, isLayer) = tokens(plan)
    let inputs = numbers.map { tape.weights(embedding.row($0)) }
    func run(
      _ inputs: [GradientTape.Node], _ parts: (Part, Part), _ tape: inout GradientTape
    ) -> [GradientTape.State] {
      let zeros = tape.constant(Array(repeating: 0, count: hidden))
      var state = GradientTape.State(output: zeros, cell: zeros)
      return inputs.map {
        state = tape.step($0, state, weight: parts.0.start, bias: parts.1.range)
        return state
      }
    }
    let ahead = run(inputs, forward, &tape)
    let back = Array(run(inputs.reversed(), backward, &tape).reversed())
    let joined = zip(ahead, back).map { tape.join($0.output, $1.output) }
    let (first, last) = (back[0], ahead[ahead.count - 1])
    return (
      zip(joined, isLayer).filter(\.1).map(\.0),
      GradientTape.State(
        output: tape.join(last.output, first.output), cell: tape.join(last.cell, first.cell))
    )
  }

  /// The score of every layer for becoming wider.
  func widerScores(
    _ plan: EASChainPlan, on tape: inout GradientTape
  ) -> [GradientTape.Node] {
    encode(plan, on: &tape).layers.map {
      tape.affine($0, weight: wider.0.start, bias: wider.1.range)
    }
  }

  /// The three choices of an insertion, each made by `choose` from scores and a mask.
  func deeperChoices(
    _ plan: EASChainPlan, on tape: inout GradientTape,
    choose: (_ number: Int, _ scores: [Double], _ mask: [Bool]) -> Int
  ) -> [Choice] {
    var state = encode(plan, on: &tape).last
    var input = tape.weights(start.range)
    var choices: [Choice] = []
    func decide(_ head: (Part, Part), _ mask: [Bool], _ tape: inout GradientTape) -> Int {
      state = tape.step(input, state, weight: decoder.0.start, bias: decoder.1.range)
      let scores = tape.affine(state.output, weight: head.0.start, bias: head.1.range)
      let chosen = choose(choices.count, tape[scores], mask)
      choices.append(Choice(scores: scores, mask: mask, chosen: chosen))
      return chosen
    }
    let chosen = decide(block, space.canDeepen(plan), &tape)
    input = tape.weights(blockEmbedding.row(chosen))
    let depth = space.depth(of: chosen, in: plan)
    let place = decide(layer, (0..<layer.0.columns).map { $0 < depth }, &tape)
    guard chosen < space.stages else { return choices }
    input = tape.weights(layerEmbedding.row(place))
    _ = decide(kernel, Array(repeating: true, count: space.kernels.count), &tape)
    return choices
  }

  /// Probabilities of a softmax over the scores that are not masked; 0 for the others.
  package static func softmax(_ scores: [Double], _ mask: [Bool]) -> [Double] {
    let largest = zip(scores, mask).reduce(-Double.infinity) { $1.1 ? max($0, $1.0) : $0 }
    let powers = zip(scores, mask).map { $1 ? PortableMath.exp($0 - largest) : 0 }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
