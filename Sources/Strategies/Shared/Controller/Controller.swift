package import Domain

/// A recurrent policy over the decision points of a space: an LSTM that decides one point after the
/// other, each time told what it decided before.
///
/// Every kind of point has a softmax head and an embedding. No-or-yes points that link two places are
/// decided by anchors: after a place's last point an extra step is taken, its output is the place's
/// anchor, and P(j → i) = sigmoid(vᵀ tanh(W_earlier h_j + W_later h_i)); the next step reads the sum of
/// the chosen anchors divided by one more than their number. Inactive points are passed over.
///
/// All arithmetic is plain double precision in a fixed order, so that a seed gives the same proposals
/// on every processor; weights are single-precision numbers, which is what is stored.
///
/// - Source: Zoph & Le 2016, arXiv:1611.01578, §3.1–3.3; what follows a link's decision is Pham et al.
///   2018, arXiv:1802.03268, released code.
package struct Controller: Sendable {
  /// Sizes and starting values.
  package struct Shape: Codable, Hashable, Sendable {
    /// Outputs of each recurrent layer, and the length of embeddings.
    package var hidden = 32
    package var layers = 1
    /// Weights start uniform in ±this.
    package var start = 0.08
    /// Scores s become bound · tanh(s / temperature) before a softmax or sigmoid; nil: s / temperature.
    package var bound: Double?
    package var temperature = 1.0

    package init() {}
  }

  package let points: [DecisionPoint]
  package let shape: Shape
  /// Where each tensor lies among the weights.
  package let plan: PolicyPlan
  /// All tensors of the plan, one after the other.
  package var weights: [Double]

  /// A fresh policy, nearly uniform.
  package init(_ points: [DecisionPoint], _ shape: Shape, seed: UInt64) {
    self.points = points
    self.shape = shape
    plan = PolicyPlan(points, hidden: shape.hidden, layers: shape.layers)
    var generator = SeededGenerator(jobSeed: seed, purpose: .initialisation)
    weights = (0..<plan.count).map { _ in
      PackedNumbers.rounded((2 * generator.unit() - 1) * shape.start)
    }
  }

  /// Decides all points by chance.
  ///
  /// - Parameter depth: value of points that say how many layers there are; the last where it has fewer.
  package func sample(
    using generator: inout SeededGenerator, depth: Int = .max
  ) -> PolicyPass {
    PolicyPass(self, depth: depth) { _, probabilities in
      var rest = generator.unit()
      for (value, probability) in probabilities.enumerated() {
        rest -= probability
        if rest < 0 { return value }
      }
      // Rounding may leave a rest; the last value that can be.
      return probabilities.lastIndex { $0 > 0 } ?? 0
    }
  }

  /// Goes again through what was decided, with the weights of now.
  package func replay(_ genotype: Genotype) -> PolicyPass {
    PolicyPass(self, depth: .max, given: genotype) { point, _ in genotype.decisions[point] ?? 0 }
  }
}

extension Controller: Codable {
  private enum CodingKeys: String, CodingKey {
    case points, shape, weights
  }

  package init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: CodingKeys.self)
    points = try box.decode([DecisionPoint].self, forKey: .points)
    shape = try box.decode(Shape.self, forKey: .shape)
    plan = PolicyPlan(points, hidden: shape.hidden, layers: shape.layers)
    weights = try box.decode(PackedNumbers.self, forKey: .weights).values
    guard weights.count == plan.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .weights, in: box,
        debugDescription: "\(weights.count) weights; this controller has \(plan.count)")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var box = encoder.container(keyedBy: CodingKeys.self)
    try box.encode(points, forKey: .points)
    try box.encode(shape, forKey: .shape)
    try box.encode(PackedNumbers(weights, width: .four), forKey: .weights)
  }
}
