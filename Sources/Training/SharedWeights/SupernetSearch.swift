package import Domain

/// A search on shared weights: what it learns besides them, one epoch after the other.
///
/// Synchronous, seeded, its own Codable value. Saved at an epoch's end together with the weights, restored
/// and continued, it equals one that never stopped.
package protocol SupernetSearch: Codable {
  /// What the weights are planned with.
  var settings: SharedWeights.Settings { get }

  /// Trains one epoch and tells of it.
  ///
  /// - Parameters:
  ///   - epoch: from 0.
  ///   - epochs: in all.
  /// - Returns: `train_loss`, `train_accuracy` and what the method knows of itself.
  /// - Throws: `SharedWeights.Interrupted`; the state is then that of no epoch's end.
  mutating func advance(
    _ shared: SharedWeights, epoch: Int, of epochs: Int
  ) throws -> [String: Double?]

  /// Whether it wants no further epoch.
  var isFinished: Bool { get }

  /// How strong each branch of each choice is; empty where a method has no such thing.
  var strengths: [String: [Double]] { get }

  /// Candidates read off the supernet, best first, each once; of them the first distinct networks are
  /// the answers.
  func answers(_ shared: SharedWeights) throws -> [ScoredGenotype]

  /// Uniform draws to compare the answers with; those that this supernet has weights for.
  func draw(_ shared: SharedWeights, using generator: inout SeededGenerator) -> Genotype

  /// What looks suspicious, in words.
  var warnings: [String] { get }
}

extension SupernetSearch {
  package var isFinished: Bool { false }
  package var strengths: [String: [Double]] { [:] }
  package var warnings: [String] { [] }

  package func draw(
    _ shared: SharedWeights, using generator: inout SeededGenerator
  ) -> Genotype {
    .random(in: shared.space.points, using: &generator)
  }
}

/// A genotype and what its path scored on all validation rows.
package struct ScoredGenotype: Hashable, Sendable {
  package let genotype: Genotype
  package let score: Score

  package init(_ genotype: Genotype, _ score: Score) {
    self.genotype = genotype
    self.score = score
  }

  /// Better first: by accuracy, then by loss.
  package static func isBetter(_ one: ScoredGenotype, _ other: ScoredGenotype) -> Bool {
    if one.score.correct != other.score.correct { return one.score.correct > other.score.correct }
    return one.score.lossSum < other.score.lossSum
  }
}
