import Datasets
import Domain
import Foundation
import Testing

@Suite struct BatchesTests {
  /// Twenty images of 4 × 4 × 1 with values row · 10 + position, all in train.
  private func rows(_ fixture: Fixture) throws -> Rows {
    let text = (0..<20).map { row in
      ((0..<16).map { "\(row * 10 + $0)" } + ["\(row % 2)"]).joined(separator: ",")
    }.joined(separator: "\n")
    let content = try fixture.seal(
      "csv", ["train": text.bytes, "test": text.bytes],
      DatasetOptions(shape: TensorShape(height: 4, width: 4, channels: 1)))
    return try fixture.map(content).fittingRows
  }

  private func batch(_ batches: TrainingBatches, step: Int) -> (inputs: [Float], labels: [Int32]) {
    var inputs = [Float](repeating: .nan, count: batches.batchSize * 16)
    var labels = [Int32](repeating: -1, count: batches.batchSize)
    inputs.withUnsafeMutableBufferPointer { inputs in
      labels.withUnsafeMutableBufferPointer { labels in
        batches.fill(step: step, inputs: inputs, labels: labels)
      }
    }
    return (inputs, labels)
  }

  /// The raw value behind a normalised one.
  private func raw(_ value: Float, _ normalisation: Normalisation) -> Int {
    Int((value / normalisation.scale[0] + normalisation.mean[0]).rounded())
  }

  @Test func `an epoch shows each row once but for the dropped ones, in an order of its own`()
    throws
  {
    let fixture = Fixture()
    let rows = try rows(fixture)
    let normalisation = Normalisation(fitting: rows)
    let batches = TrainingBatches(
      rows, normalisation, batchSize: 6, augmentation: [], seed: 1, trial: 2)
    #expect(batches.batchesPerEpoch == 3)
    var orders: [[Int]] = []
    for epoch in 0..<2 {
      var seen: [Int] = []
      for step in 0..<3 {
        let (inputs, labels) = batch(batches, step: epoch * 3 + step)
        for position in 0..<6 {
          let row = raw(inputs[position * 16], normalisation) / 10
          #expect(Int(labels[position]) == row % 2)
          #expect(raw(inputs[position * 16 + 15], normalisation) == row * 10 + 15)
          seen.append(row)
        }
      }
      #expect(Set(seen).count == 18)
      orders.append(seen)
    }
    #expect(orders[0] != orders[1])
    let again = TrainingBatches(
      rows, normalisation, batchSize: 6, augmentation: [], seed: 1, trial: 2)
    #expect(batch(again, step: 4).inputs == batch(batches, step: 4).inputs)
    let other = TrainingBatches(
      rows, normalisation, batchSize: 6, augmentation: [], seed: 1, trial: 3)
    #expect(batch(other, step: 4).inputs != batch(batches, step: 4).inputs)
  }

  @Test func `a crop moves the image by at most the padding and shifts zeros in`() throws {
    let fixture = Fixture()
    let rows = try rows(fixture)
    let normalisation = Normalisation(fitting: rows)
    let batches = TrainingBatches(
      rows, normalisation, batchSize: 20, augmentation: [.padAndCrop], seed: 1, trial: 0)
    var shifts: Set<[Int]> = []
    for step in 0..<5 {
      let (inputs, _) = batch(batches, step: step)
      for position in 0..<20 {
        let image = inputs[position * 16..<position * 16 + 16].map { raw($0, normalisation) }
        let found = (-1...1).flatMap { y in (-1...1).map { x in [y, x] } }.filter { shift in
          (0..<20).contains { row in
            (0..<16).allSatisfy { pixel in
              let (y, x) = (pixel / 4 + shift[0], pixel % 4 + shift[1])
              let inside = (0..<4).contains(y) && (0..<4).contains(x)
              return image[pixel] == (inside ? row * 10 + y * 4 + x : 0)
            }
          }
        }
        #expect(found.count == 1, "\(image)")
        shifts.formUnion(found)
      }
    }
    #expect(shifts.count == 9)
  }

  @Test func `a flip mirrors about half of the images left and right`() throws {
    let fixture = Fixture()
    let rows = try rows(fixture)
    let normalisation = Normalisation(fitting: rows)
    let batches = TrainingBatches(
      rows, normalisation, batchSize: 20, augmentation: [.flip], seed: 1, trial: 0)
    var flipped = 0
    for step in 0..<10 {
      let (inputs, _) = batch(batches, step: step)
      for position in 0..<20 {
        let image = inputs[position * 16..<position * 16 + 16].map { raw($0, normalisation) }
        let isFlipped = image[0] > image[1]
        let plain = isFlipped ? (0..<16).map { image[$0 / 4 * 4 + 3 - $0 % 4] } : image
        #expect(zip(plain, plain.dropFirst()).allSatisfy { $1 == $0 + 1 }, "\(image)")
        flipped += isFlipped ? 1 : 0
      }
    }
    #expect((70...130).contains(flipped))
  }

  @Test func `an evaluation keeps the order and the last partial batch`() throws {
    let fixture = Fixture()
    let rows = try rows(fixture)
    let normalisation = Normalisation(fitting: rows)
    let batches = EvaluationBatches(rows, normalisation, batchSize: 8)
    #expect(batches.count == 3)
    var seen: [Int] = []
    for index in 0..<batches.count {
      var inputs = [Float](repeating: 0, count: 8 * 16)
      var labels = [Int32](repeating: 0, count: 8)
      let count = inputs.withUnsafeMutableBufferPointer { inputs in
        labels.withUnsafeMutableBufferPointer { labels in
          batches.fill(index, inputs: inputs, labels: labels)
        }
      }
      seen += (0..<count).map { raw(inputs[$0 * 16], normalisation) / 10 }
    }
    #expect(seen == Array(0..<20))
  }

  @Test func `a batch larger than the set is cut to it`() throws {
    let fixture = Fixture()
    let rows = try rows(fixture)
    let batches = TrainingBatches(
      rows, Normalisation(fitting: rows), batchSize: 64, augmentation: [], seed: 1, trial: 0)
    #expect(batches.batchSize == 20 && batches.batchesPerEpoch == 1)
  }

  @Test func `normalised training values have mean 0 and deviation 1 per feature, constants are 0`()
    throws
  {
    for scale in ["", ".5"] {
      let fixture = Fixture()
      let text = (0..<40).map { "\($0 * 3)\(scale),7\(scale),\($0 % 7),\($0 % 2)\n" }.joined()
      let content = try fixture.seal("csv", ["train": text.bytes, "test": text.bytes])
      let rows = try fixture.map(content).fittingRows
      let normalisation = Normalisation(fitting: rows)
      #expect(normalisation.scale[1] == 1)
      for feature in 0..<3 {
        let values = (0..<40).map {
          Double(
            (rows.values($0)[feature] - normalisation.mean[feature]) * normalisation.scale[feature])
        }
        let mean = values.reduce(0, +) / 40
        let variance = values.reduce(0) { $0 + $1 * $1 } / 40
        #expect(abs(mean) < 1e-5)
        #expect(abs(variance - (feature == 1 ? 0 : 1)) < 1e-5)
      }
    }
  }
}
