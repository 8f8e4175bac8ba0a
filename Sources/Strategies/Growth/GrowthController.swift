package import Architectures
internal import Domain

/// A growth policy with what trains it: Adam on the REINFORCE gradient.
///
/// Weights and moments are single-precision numbers, which is what is stored.
///
/// - Source: Kingma & Ba 2015, arXiv:1412.6980, algorithm 1.
package struct GrowthController: Sendable {
  /// A child that was grown and what it earned, compared with its peers.
  package struct Lesson: Sendable {
    package let start: EASChainPlan
    package let steps: [GrowthStep]
    package let advantage: Double

    package init(start: EASChainPlan, steps: [GrowthStep], advantage: Double) {
      self.start = start
      self.steps = steps
      self.advantage = advantage
    }
  }

  package private(set) var policy: GrowthPolicy
  private let rate: Double
  private let entropy: Double
  private var first: PackedNumbers
  private var second: PackedNumbers
  private var firstPower = 1.0
  private var secondPower = 1.0

  package init(
    _ space: EASChainSpace, hidden: Int, learningRate rate: Double, entropy: Double, seed: UInt64
  ) {
    policy = GrowthPolicy(space, hidden: hidden, seed: seed)
    self.rate = rate
    self.entropy = entropy
    first = PackedNumbers(Array(repeating: 0, count: policy.weights.count), width: .four)
    second = first
  }

  /// One step up the mean of what the children of an episode teach.
  package mutating func learn(_ lessons: [Lesson]) {
    guard !lessons.isEmpty else { return }
    var gradient = [Double](repeating: 0, count: policy.weights.count)
    for lesson in lessons {
      policy.accumulate(
        lesson.steps, from: lesson.start, advantage: lesson.advantage / Double(lessons.count),
        entropy: entropy / Double(lessons.count), into: &gradient)
    }
    let (beta1, beta2) = (0.9, 0.999)
    firstPower *= beta1
    secondPower *= beta2
    let scale = rate / (1 - firstPower)
    let spread = 1 / (1 - secondPower)
    for index in gradient.indices {
      let g = gradient[index]
      let mean = PackedNumbers.rounded(beta1 * first.values[index] + (1 - beta1) * g)
      let square = PackedNumbers.rounded(beta2 * second.values[index] + (1 - beta2) * g * g)
      first.values[index] = mean
      second.values[index] = square
      policy.weights[index] = PackedNumbers.rounded(
        policy.weights[index] - scale * mean / ((square * spread).squareRoot() + 1e-8))
    }
  }
}

extension GrowthController: Codable {
  private enum CodingKeys: String, CodingKey {
    case points, hidden, weights, rate, entropy, first, second
    case firstPower = "first_power"
    case secondPower = "second_power"
  }

  package init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: CodingKeys.self)
    let points = try box.decode([DecisionPoint].self, forKey: .points)
    guard let space = EASChainSpace(points: points) else {
      throw DecodingError.dataCorruptedError(
        forKey: .points, in: box, debugDescription: "no points of eas-chain")
    }
    policy = GrowthPolicy(space, hidden: try box.decode(Int.self, forKey: .hidden), seed: 0)
    let weights = try box.decode(PackedNumbers.self, forKey: .weights).values
    rate = try box.decode(Double.self, forKey: .rate)
    entropy = try box.decode(Double.self, forKey: .entropy)
    first = try box.decode(PackedNumbers.self, forKey: .first)
    second = try box.decode(PackedNumbers.self, forKey: .second)
    firstPower = try box.decode(Double.self, forKey: .firstPower)
    secondPower = try box.decode(Double.self, forKey: .secondPower)
    let counts = [weights.count, first.values.count, second.values.count]
    guard counts.allSatisfy({ $0 == policy.weights.count }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .weights, in: box,
        debugDescription: "\(counts) weights; this policy has \(policy.weights.count)")
    }
    policy.weights = weights
  }

  package func encode(to encoder: any Encoder) throws {
    var box = encoder.container(keyedBy: CodingKeys.self)
    try box.encode(policy.space.points, forKey: .points)
    try box.encode(policy.hidden, forKey: .hidden)
    try box.encode(PackedNumbers(policy.weights, width: .four), forKey: .weights)
    try box.encode(rate, forKey: .rate)
    try box.encode(entropy, forKey: .entropy)
    try box.encode(first, forKey: .first)
    try box.encode(second, forKey: .second)
    try box.encode(firstPower, forKey: .firstPower)
    try box.encode(secondPower, forKey: .secondPower)
  }
}
