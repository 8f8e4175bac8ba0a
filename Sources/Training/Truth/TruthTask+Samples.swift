internal import Datasets
internal import Domain

extension TruthTask {
  /// The images of the built-in truth for shared weights: those its networks train on, and those they
  /// validate on.
  ///
  /// - Throws: `ServiceError(.dataset)` never in practice: the digits are part of the program.
  package func samples(batchSize: Int, seed: UInt64) throws -> SharedSamples {
    let (train, validation, _) = parts(of: try BuiltinDigits())
    let order = RowOrder(train.labels.count, seed: seed)
    let draws = RowOrder(validation.labels.count, seed: ~seed)
    let batches = (
      training: max(1, train.labels.count / batchSize),
      validation: max(1, validation.labels.count / batchSize)
    )
    return SharedSamples(
      batchSize: batchSize, trainingRows: train.labels.count,
      validationRows: validation.labels.count,
      fillTraining: { step, inputs, labels in
        let rows = order.rows(epoch: step / batches.training)
        let first = step % batches.training * batchSize
        train.write(rows[first..<first + batchSize], to: inputs, labels)
      },
      fillDraw: { draw, inputs, labels in
        let rows = draws.rows(epoch: draw / batches.validation)
        let first = draw % batches.validation * batchSize
        validation.write(rows[first..<first + batchSize], to: inputs, labels)
      },
      fillScoring: { batch, inputs, labels in
        let all = validation.labels.count
        let rows = (0..<batchSize).map { (batch * batchSize + $0) % all }
        validation.write(rows[...], to: inputs, labels)
        return min(batchSize, all - batch * batchSize)
      })
  }
}

/// Rows in a fresh permutation every epoch.
private final class RowOrder {
  private let count: Int
  private let seed: UInt64
  private var epoch = -1
  private var order: [Int] = []

  init(_ count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
  }

  func rows(epoch: Int) -> [Int] {
    guard epoch != self.epoch else { return order }
    self.epoch = epoch
    var generator = SeededGenerator(jobSeed: seed, purpose: .dataOrder, step: epoch)
    order = generator.shuffled(0..<count)
    return order
  }
}

extension TruthTask.Part {
  fileprivate func write(
    _ rows: ArraySlice<Int>, to inputs: SharedSamples.Inputs, _ labels: SharedSamples.Labels
  ) {
    let size = BuiltinDigits.size
    for (place, row) in rows.enumerated() {
      labels[place] = self.labels[row]
      for pixel in 0..<size { inputs[place * size + pixel] = values[row * size + pixel] }
    }
  }
}
