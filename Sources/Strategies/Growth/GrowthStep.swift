package import Architectures

/// One edit of a plain network that keeps what it computes.
package enum GrowthStep: Codable, Hashable, Sendable {
  /// Which layers, convolutions first, go to the next rung of their ladder.
  case wider([Bool])
  /// A copy of a layer's width is inserted behind it; `block` is a stage, or all after the last stage
  /// the fully connected layers; `kernel` is an index, 0 for those.
  case deeper(block: Int, layer: Int, kernel: Int)
}

extension EASChainSpace {
  /// Blocks that layers can be inserted in: the stages, and the fully connected layers.
  var blocks: Int { stages + 1 }

  /// For each layer, convolutions first, whether its ladder has a next rung.
  package func canWiden(_ plan: EASChainPlan) -> [Bool] {
    plan.stages.joined().map { $0.width != widths.last } + plan.dense.map { $0 != units.last }
  }

  /// For each block, whether another layer fits.
  package func canDeepen(_ plan: EASChainPlan) -> [Bool] {
    plan.stages.map { $0.count < maxDepth } + [plan.dense.count < denseDepth]
  }

  /// Layers in a block.
  func depth(of block: Int, in plan: EASChainPlan) -> Int {
    block < stages ? plan.stages[block].count : plan.dense.count
  }

  /// The network after a step; a step that does not fit leaves what it cannot change.
  package func applying(_ step: GrowthStep, to plan: EASChainPlan) -> EASChainPlan {
    func next(_ value: Int, _ ladder: [Int]) -> Int { ladder.first { $0 > value } ?? value }
    var plan = plan
    switch step {
    case .wider(let bits):
      var bits = bits[...]
      for stage in plan.stages.indices {
        for layer in plan.stages[stage].indices where bits.popFirst() == true {
          plan.stages[stage][layer].width = next(plan.stages[stage][layer].width, widths)
        }
      }
      for layer in plan.dense.indices where bits.popFirst() == true {
        plan.dense[layer] = next(plan.dense[layer], units)
      }
    case .deeper(let block, let layer, let kernel):
      guard block < blocks, canDeepen(plan)[block], layer < depth(of: block, in: plan) else {
        break
      }
      if block < stages, kernels.indices.contains(kernel) {
        let width = plan.stages[block][layer].width
        plan.stages[block].insert(.init(width: width, kernel: kernels[kernel]), at: layer + 1)
      } else if block == stages {
        plan.dense.insert(plan.dense[layer], at: layer + 1)
      }
    }
    return plan
  }
}
