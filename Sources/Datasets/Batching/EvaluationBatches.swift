internal import Domain

/// The batches of an evaluation: all rows in their order, unaugmented, the last partial batch kept.
package final class EvaluationBatches {
  package let batchSize: Int
  private let rows: Rows
  private let writer: SampleWriter

  /// Batches of some rows.
  package init(_ rows: Rows, _ normalisation: Normalisation, batchSize: Int) {
    self.rows = rows
    self.batchSize = max(1, batchSize)
    writer = SampleWriter(rows, normalisation)
  }

  /// How many rows there are.
  package var rowCount: Int { rows.count }

  /// Batches in the rows, the last of which may be partial.
  package var count: Int { (rows.count + batchSize - 1) / batchSize }

  /// Writes one batch; returns how many rows it has.
  ///
  /// - Shapes: inputs [batch, height, width, channels], labels [batch].
  package func fill(
    _ batch: Int, inputs: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>
  ) -> Int {
    let first = batch * batchSize
    let count = min(batchSize, rows.count - first)
    precondition(inputs.count >= count * rows.shape.count && labels.count >= count)
    guard let target = inputs.baseAddress else { return 0 }
    for position in 0..<count {
      let index = rows.indices[first + position]
      labels[position] = rows.section.labels[Int(index)]
      writer.write(index, to: target + position * rows.shape.count)
    }
    return count
  }
}
