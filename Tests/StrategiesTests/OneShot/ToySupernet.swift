import Architectures
import Domain
import Engine
import Strategies
import Training

/// Small supernets on made-up images, for tests of searches on shared weights.
enum ToySupernet {
  static let input = TensorShape(height: 6, width: 6, channels: 1)
  static let classes = 3

  static func space(_ name: String, _ params: [String: JSONValue] = [:]) throws -> any SearchSpace {
    try SpaceRegistry.space(ComponentChoice(name, params: params))
  }

  /// Images whose class is the direction of a stripe, or a patch, in noise.
  static func samples(batch: Int = 16, rows: Int = 64, seed: UInt64 = 1) -> SharedSamples {
    samples(batch, rows, seed) { label, generator in
      let place = 1 + generator.below(4)
      return (0..<36).map { index in
        let (y, x) = (index / 6, index % 6)
        let isInk = label == 0 ? y == place : label == 1 ? x == place : (y + x) % 5 == place
        return (isInk ? 1 : -0.3) + Float(0.4 * (2 * generator.unit() - 1))
      }
    }
  }

  /// Images whose class is their mean, in noise far above its steps.
  static func levels(batch: Int = 16, rows: Int = 64, seed: UInt64 = 1) -> SharedSamples {
    samples(batch, rows, seed) { label, generator in
      (0..<36).map { _ in Float(0.6 * Double(label - 1) + 2 * (2 * generator.unit() - 1)) }
    }
  }

  private static func samples(
    _ batch: Int, _ rows: Int, _ seed: UInt64,
    _ draw: (Int, inout SeededGenerator) -> [Float]
  ) -> SharedSamples {
    let image = { (row: Int) -> (values: [Float], label: Int32) in
      var generator = SeededGenerator(jobSeed: seed, trial: row, purpose: .sample)
      let label = generator.below(classes)
      return (draw(label, &generator), Int32(label))
    }
    let train = (0..<rows).map(image)
    let validation = (rows..<2 * rows).map(image)
    func write(
      _ data: [(values: [Float], label: Int32)], _ first: Int, _ inputs: SharedSamples.Inputs,
      _ labels: SharedSamples.Labels
    ) {
      for place in 0..<batch {
        let row = data[(first + place) % data.count]
        labels[place] = row.label
        for pixel in 0..<36 { inputs[place * 36 + pixel] = row.values[pixel] }
      }
    }
    return SharedSamples(
      batchSize: batch, trainingRows: rows, validationRows: rows,
      fillTraining: { write(train, $0 * batch, $1, $2) },
      fillDraw: { write(validation, $0 * batch, $1, $2) },
      fillScoring: {
        write(validation, $0 * batch, $1, $2)
        return min(batch, rows - $0 * batch)
      })
  }

  static func shared(
    _ space: any SearchSpace, _ settings: SharedWeights.Settings,
    samples: SharedSamples = samples(), seed: UInt64 = 5, isOver: @escaping () -> Bool = { false }
  ) throws -> SharedWeights {
    let supernet = try SharedWeights.supernet(
      of: space, settings, input: input, classes: classes)
    return try SharedWeights(
      space, supernet,
      plan: try SharedWeights.plan(
        supernet, settings, batch: samples.batchSize, isa: .best),
      samples: samples, settings: settings, seed: seed, isOver: isOver)
  }

  /// An entry's parameters, some of them given.
  static func parameters(
    _ entry: StrategyEntry, _ given: [String: JSONValue] = [:]
  ) -> Parameters {
    var faults: [Fault] = []
    return Parameters(given, for: entry.parameters, at: "", faults: &faults)
  }
}
