internal import Domain
internal import Training

/// Short retraining of the best paths, each from the shared weights, before they are ranked.
///
/// - Source: Bender et al. 2018, "Understanding and simplifying one-shot architecture search", §3 (the
///   shared weights are the start of each); Guo et al. 2020, arXiv:1904.00420.
struct PathTuning: Codable, Hashable, Sendable {
  private let epochs: Int
  private let rate: Double

  init(_ parameters: Parameters) {
    epochs = parameters.integer("tune_epochs")
    rate = parameters.number("tune_rate")
  }

  static let parameters = [
    Parameter(
      "tune_epochs", .integer(min: 0, max: 1000), default: 0,
      "Epochs that each answer is trained alone, from the shared weights, before the answers are ranked."
    ),
    Parameter(
      "tune_rate", .number(min: 0, max: 10), default: 0.01,
      "Learning rate of that training; it falls to 0.001."),
  ]

  var isOn: Bool { epochs > 0 }

  /// Trains each path alone, measures it, and puts the weights back; best first.
  func ranked(
    _ paths: [ScoredGenotype], on shared: SharedWeights
  ) throws -> [ScoredGenotype] {
    guard isOn else { return paths }
    return try paths.map { ScoredGenotype($0.genotype, try score($0.genotype, on: shared)) }
      .stablySorted(by: ScoredGenotype.isBetter)
  }

  /// What a path scores after its own training; the weights are then what they were.
  func score(_ genotype: Genotype, on shared: SharedWeights) throws -> Score {
    let state = shared.state
    let steps = epochs * shared.samples.stepsPerEpoch
    let rate = WeightRate(base: rate)
    try shared.choose(genotype)
    for step in 0..<steps { _ = try shared.learn(rate: rate.rate(step: step, of: steps)) }
    let score = try shared.score()
    try shared.restore(state)
    return score
  }
}

extension Array {
  /// Sorted so that equals keep their order.
  func stablySorted(by precedes: (Element, Element) -> Bool) -> [Element] {
    enumerated().sorted {
      if precedes($0.element, $1.element) { return true }
      return !precedes($1.element, $0.element) && $0.offset < $1.offset
    }.map(\.element)
  }
}
