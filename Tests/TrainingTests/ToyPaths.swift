import Domain
import Training

/// Trains uniform paths; its answer is the best of a few.
struct ToyPaths: SupernetSearch {
  var settings: SharedWeights.Settings
  private(set) var epochs = 0

  init(epochs: Int) {
    var settings = SharedWeights.Settings()
    settings.epochs = epochs
    settings.draws = 30
    self.settings = settings
  }

  mutating func advance(
    _ shared: SharedWeights, epoch: Int, of epochs: Int
  ) throws -> [String: Double?] {
    self.epochs += 1
    var generator = SeededGenerator(jobSeed: shared.seed, purpose: .path, step: epoch)
    var score = Score()
    for _ in 0..<shared.samples.stepsPerEpoch {
      try shared.choose(.random(in: shared.space.points, using: &generator))
      score.add(try shared.learn(rate: 0.05))
    }
    return [MetricName.trainLoss: score.loss, MetricName.trainAccuracy: score.accuracy]
  }

  func answers(_ shared: SharedWeights) throws -> [ScoredGenotype] {
    var generator = SeededGenerator(jobSeed: shared.seed, purpose: .proposal)
    return try (0..<3).map { _ in
      let genotype = Genotype.random(in: shared.space.points, using: &generator)
      return ScoredGenotype(genotype, try shared.score(genotype))
    }.sorted(by: ScoredGenotype.isBetter)
  }

  var warnings: [String] { ["\(epochs) epochs"] }
}
