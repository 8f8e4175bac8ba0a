package import Datasets
package import Domain

/// The samples that shared weights learn from, and those that paths are scored on.
///
/// Training batches come in a fresh permutation every epoch. Validation rows stand in one fixed
/// permutation, so that a batch's statistics are not those of one class where a file is sorted; the last
/// batch is filled up from the first rows, which then do not count.
package struct SharedSamples {
  package typealias Inputs = UnsafeMutableBufferPointer<Float>
  package typealias Labels = UnsafeMutableBufferPointer<Int32>

  /// Rows of every batch.
  package let batchSize: Int
  package let trainingRows: Int
  package let validationRows: Int
  /// Writes the training batch after so many steps.
  package let fillTraining: (_ step: Int, Inputs, Labels) -> Void
  /// Writes a batch of validation rows, shuffled anew in every pass through them.
  package let fillDraw: (_ draw: Int, Inputs, Labels) -> Void
  /// Writes a validation batch of the fixed order; returns how many of its rows count.
  package let fillScoring: (_ batch: Int, Inputs, Labels) -> Int

  /// Whole batches in the training rows.
  package var stepsPerEpoch: Int { max(1, trainingRows / batchSize) }
  /// Batches that hold all validation rows.
  package var scoringBatches: Int { (validationRows + batchSize - 1) / batchSize }

  /// Samples that something else makes.
  package init(
    batchSize: Int, trainingRows: Int, validationRows: Int,
    fillTraining: @escaping (_ step: Int, Inputs, Labels) -> Void,
    fillDraw: @escaping (_ draw: Int, Inputs, Labels) -> Void,
    fillScoring: @escaping (_ batch: Int, Inputs, Labels) -> Int
  ) {
    self.batchSize = batchSize
    self.trainingRows = trainingRows
    self.validationRows = validationRows
    self.fillTraining = fillTraining
    self.fillDraw = fillDraw
    self.fillScoring = fillScoring
  }

  /// The rows of a data set.
  ///
  /// - Parameter batchSize: cut to the rows there are.
  package init(
    training: Rows, validation: Rows, _ normalisation: Normalisation, batchSize: Int,
    augmentation: [TrainingSchedule.Augmentation], seed: UInt64, round: Int
  ) {
    let batchSize = max(1, min(batchSize, training.count, validation.count))
    let batches = TrainingBatches(
      training, normalisation, batchSize: batchSize, augmentation: augmentation, seed: seed,
      trial: round)
    let draws = TrainingBatches(
      validation, normalisation, batchSize: batchSize, augmentation: [], seed: ~seed, trial: round)
    var generator = SeededGenerator(jobSeed: seed, trial: round, purpose: .path)
    let scoring = EvaluationBatches(
      validation.shuffled(using: &generator), normalisation, batchSize: batchSize)
    self.init(
      batchSize: batchSize, trainingRows: training.count, validationRows: validation.count,
      fillTraining: { batches.fill(step: $0, inputs: $1, labels: $2) },
      fillDraw: { draws.fill(step: $0, inputs: $1, labels: $2) },
      fillScoring: { batch, inputs, labels in
        if (batch + 1) * batchSize > scoring.rowCount {
          _ = scoring.fill(0, inputs: inputs, labels: labels)
        }
        return scoring.fill(batch, inputs: inputs, labels: labels)
      })
  }
}
