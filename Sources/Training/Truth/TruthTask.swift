package import Datasets
package import Domain

/// What the networks of the built-in truth learn: few of the built-in digits, made hard.
///
/// A fixed draw of the images is trained on, another validated on, and the rest tested on. Each image is
/// moved by whole pixels and carries noise; those that only measure are shown several times, each time
/// moved and noisy anew, so that accuracies are fine-grained.
package struct TruthTask: Hashable, Sendable {
  /// Images of one of the three parts, normalised by the training part.
  package struct Part: Sendable {
    /// Image by image and row by row.
    package fileprivate(set) var values: [Float] = []
    package fileprivate(set) var labels: [Int32] = []
  }

  /// Images trained on.
  package var trained = 300
  /// Images validated on; all others are tested on.
  package var validated = 600
  /// How often an image that measures is shown.
  package var copies = 4
  /// Pixels by which an image is moved at most, up or down and left or right.
  package var shift = 1
  /// Deviation of a pixel's noise; ink is 1 and paper 0.
  package var noise = 0.1
  package var width = 8
  package var stages = 2
  package var cellsPerStage = 1
  package var schedule = TrainingSchedule(
    samplesSeen: 300 * 30, batchSize: 50, learningRate: 0.02)

  package init() {}

  /// The space of the networks, with its parameters.
  package var space: ComponentChoice {
    ComponentChoice(
      "nasbench201-cell",
      params: [
        "width": .number(Double(width)), "stages": .number(Double(stages)),
        "cells_per_stage": .number(Double(cellsPerStage)), "operations": "few",
        "reduction": "projection",
      ])
  }

  /// Shape of the images.
  package static let input = TensorShape(height: 8, width: 8, channels: 1)
  package static let classes = 10

  /// Divides the images and makes them hard; the same on every machine.
  package func parts(
    of digits: BuiltinDigits
  ) -> (train: Part, validation: Part, test: Part) {
    var generator = SeededGenerator(jobSeed: 0, purpose: .split)
    let order = generator.shuffled(0..<digits.labels.count)
    let fitting = order.prefix(trained)
    var train = part(of: digits, fitting, copies: 1)
    var validation = part(of: digits, order.dropFirst(trained).prefix(validated), copies: copies)
    var test = part(of: digits, order.dropFirst(trained + validated), copies: copies)
    let count = Double(max(1, train.values.count))
    let mean = train.values.reduce(0) { $0 + Double($1) } / count
    let square = train.values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let scale = Float(1 / square.squareRoot())
    train.normalise(Float(mean), scale)
    validation.normalise(Float(mean), scale)
    test.normalise(Float(mean), scale)
    return (train, validation, test)
  }

  private func part(
    of digits: BuiltinDigits, _ rows: ArraySlice<Int>, copies: Int
  ) -> Part {
    var part = Part()
    for copy in 0..<copies {
      for row in rows {
        var generator = SeededGenerator(
          jobSeed: 0, trial: row, purpose: .augmentation, step: copy)
        let down = generator.below(2 * shift + 1) - shift
        let right = generator.below(2 * shift + 1) - shift
        for y in 0..<8 {
          for x in 0..<8 {
            let (fromY, fromX) = (y - down, x - right)
            let isInside = (0..<8).contains(fromY) && (0..<8).contains(fromX)
            let ink = isInside ? digits.values[row * 64 + fromY * 8 + fromX] / 16 : 0
            // Twelve uniform numbers: normal enough, and the same bits on every machine.
            let sum = (0..<12).reduce(-6.0) { total, _ in total + generator.unit() }
            part.values.append(ink + Float(noise * sum))
          }
        }
        part.labels.append(digits.labels[row])
      }
    }
    return part
  }
}

extension TruthTask.Part {
  fileprivate mutating func normalise(_ mean: Float, _ scale: Float) {
    for index in values.indices { values[index] = (values[index] - mean) * scale }
  }
}
