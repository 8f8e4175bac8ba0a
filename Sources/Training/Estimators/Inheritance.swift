package import Architectures
package import Domain
package import Engine

/// What a network takes over from its parent's weights.
package enum Inheritance {
  /// The weights a child begins with, as far as its parent has them.
  ///
  /// Where the space knows how the child grew out of its parent, all of them, so that both compute the
  /// same; otherwise the tensors whose name and shape survived.
  ///
  /// - Parameters:
  ///   - own: the child's fresh weights.
  ///   - noise: what breaks the symmetry of repeated filters.
  ///   - seed: which filters are repeated, and the noise.
  /// - Source: Cai et al. 2017, arXiv:1707.04873, §3; Real et al. 2017, arXiv:1703.01041, §3.4.
  package static func weights(
    _ order: WorkOrder, stored: Weights, own: Weights, noise: Morphism.Noise = Morphism.Noise(),
    seed: UInt64
  ) throws -> Weights {
    if let grown = try grown(order, stored, noise, seed) { return grown }
    var surviving = Weights()
    for key in own.keys {
      guard let tensor = stored[key], tensor.shape == own[key]?.shape else { continue }
      surviving[key] = tensor
    }
    return surviving
  }

  /// nil where the child did not grow out of its parent.
  private static func grown(
    _ order: WorkOrder, _ stored: Weights, _ noise: Morphism.Noise, _ seed: UInt64
  ) throws -> Weights? {
    guard let parent = order.parentGenotype,
      let space = try SpaceRegistry.space(order.space) as? any MorphableSpace,
      let descent = space.descent(of: order.genotype, from: parent)
    else { return nil }
    func decode(_ genotype: Genotype) throws -> Architecture {
      try SpaceRegistry.decode(
        order.space, genotype, input: order.dataset.shape, classes: order.dataset.classes.count)
    }
    do {
      return try Morphism(from: decode(parent), to: decode(order.genotype), descent)
        .weights(stored, noise: noise, seed: seed)
    } catch is SpaceError {
      return nil
    }
  }
}
