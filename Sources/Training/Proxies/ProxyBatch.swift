package import Datasets
internal import Domain

/// The minibatch that every proxy of a job looks at: a function of the job's seed and data alone, so
/// that a network has one score, whichever trial it is.
package struct ProxyBatch: Sendable {
  /// Samples one after the other, normalised.
  package let inputs: [Float]
  package let labels: [Int32]
  /// Of the first weights.
  package let seed: UInt64

  /// Draws the minibatch from the rows that trials are fitted on, unaugmented.
  package init(_ rows: Rows, _ normalisation: Normalisation, jobSeed: UInt64) {
    let batches = TrainingBatches(
      rows, normalisation, batchSize: ProxyProbe.batchSize, augmentation: [], seed: jobSeed,
      trial: 0)
    var inputs = [Float](repeating: 0, count: batches.batchSize * rows.shape.count)
    var labels = [Int32](repeating: 0, count: batches.batchSize)
    inputs.withUnsafeMutableBufferPointer { inputs in
      labels.withUnsafeMutableBufferPointer { labels in
        batches.fill(step: 0, inputs: inputs, labels: labels)
      }
    }
    self.inputs = inputs
    self.labels = labels
    var generator = SeededGenerator(jobSeed: jobSeed, purpose: .initialisation)
    seed = generator.next()
  }
}
