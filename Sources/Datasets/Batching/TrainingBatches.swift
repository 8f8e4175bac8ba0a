package import Domain

/// The batches of a training: a fresh permutation each epoch, augmented, the last partial batch dropped.
///
/// Everything random is keyed by (seed, trial, purpose, epoch or step), so any batch can be replayed.
package final class TrainingBatches {
  /// Rows of one batch: what was asked, or all rows where they are fewer.
  package let batchSize: Int
  private let rows: Rows
  private let writer: SampleWriter
  private let augmentation: Set<TrainingSchedule.Augmentation>
  private let seed: UInt64
  private let trial: Int
  private var order: [Int32]
  private var epoch = -1

  /// Batches of some rows.
  package init(
    _ rows: Rows, _ normalisation: Normalisation, batchSize: Int,
    augmentation: [TrainingSchedule.Augmentation], seed: UInt64, trial: Int
  ) {
    self.rows = rows
    self.batchSize = max(1, min(batchSize, rows.count))
    self.augmentation = Set(augmentation)
    self.seed = seed
    self.trial = trial
    writer = SampleWriter(rows, normalisation)
    order = rows.indices
  }

  /// How many rows there are.
  package var rowCount: Int { rows.count }

  /// Whole batches in the rows.
  package var batchesPerEpoch: Int { rows.count / batchSize }

  /// Writes one batch of a training that has gone `step` steps before.
  ///
  /// - Shapes: inputs [batch, height, width, channels], labels [batch].
  package func fill(
    step: Int, inputs: UnsafeMutableBufferPointer<Float>, labels: UnsafeMutableBufferPointer<Int32>
  ) {
    precondition(inputs.count >= batchSize * rows.shape.count && labels.count >= batchSize)
    shuffle(epoch: step / batchesPerEpoch)
    guard let target = inputs.baseAddress else { return }
    let first = step % batchesPerEpoch * batchSize
    var generator = SeededGenerator(
      jobSeed: seed, trial: trial, purpose: .augmentation, step: step)
    for position in 0..<batchSize {
      let index = order[first + position]
      let sample = target + position * rows.shape.count
      labels[position] = rows.section.labels[Int(index)]
      if augmentation.isEmpty {
        writer.write(index, to: sample)
        continue
      }
      let shift = augmentation.contains(.padAndCrop) ? drawShift(&generator) : (y: 0, x: 0)
      let flip = augmentation.contains(.flip) && generator.next() >> 63 == 1
      writer.write(index, shift: shift, flip: flip, to: sample)
    }
  }

  /// A crop's place in an image that was padded by 1/8 of its size (at least one pixel).
  private func drawShift(_ generator: inout SeededGenerator) -> (y: Int, x: Int) {
    let pad = (y: padding(rows.shape.height), x: padding(rows.shape.width))
    return (
      y: generator.below(2 * pad.y + 1) - pad.y, x: generator.below(2 * pad.x + 1) - pad.x
    )
  }

  private func padding(_ size: Int) -> Int {
    size > 1 ? max(1, size / 8) : 0
  }

  /// Puts the rows in the order of an epoch, in place.
  private func shuffle(epoch: Int) {
    guard epoch != self.epoch else { return }
    self.epoch = epoch
    for position in order.indices { order[position] = rows.indices[position] }
    var generator = SeededGenerator(jobSeed: seed, trial: trial, purpose: .dataOrder, step: epoch)
    for last in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(last, generator.below(last + 1))
    }
  }
}
