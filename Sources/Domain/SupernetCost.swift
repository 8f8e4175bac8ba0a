/// What training shared weights costs, measured on a few steps without data.
package struct SupernetCost: Codable, Hashable, Sendable {
  /// Epochs of a round, rows of a batch, and paths that are scored at its end.
  package let epochs: Int
  package let batchSize: Int
  package let paths: Int
  /// Of a training batch, with all that the search does for each.
  package let secondsPerBatch: Double
  /// Of what the search does once an epoch, whatever the rows.
  package let secondsPerEpoch: Double
  /// Of scoring one path on one batch of validation rows.
  package let secondsPerScore: Double
  package let arenaBytes: Int

  package init(
    epochs: Int, batchSize: Int, paths: Int, secondsPerBatch: Double, secondsPerEpoch: Double,
    secondsPerScore: Double, arenaBytes: Int
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.paths = paths
    self.secondsPerBatch = secondsPerBatch
    self.secondsPerEpoch = secondsPerEpoch
    self.secondsPerScore = secondsPerScore
    self.arenaBytes = arenaBytes
  }

  /// Seconds to score one path on all validation rows.
  package func scoring(validationRows: Int) -> Double {
    secondsPerScore * Double((validationRows + batchSize - 1) / batchSize)
  }

  /// Seconds of a round: trained, then scored.
  package func round(trainingRows: Int, validationRows: Int) -> Double {
    let batches = max(1, trainingRows / batchSize)
    return Double(epochs) * (secondsPerBatch * Double(batches) + secondsPerEpoch)
      + Double(paths) * scoring(validationRows: validationRows)
  }
}
