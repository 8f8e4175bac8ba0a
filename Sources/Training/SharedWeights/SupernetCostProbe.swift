internal import Architectures
package import Domain
internal import Engine

/// Measures what training shared weights costs, on short epochs of made-up samples.
package enum SupernetCostProbe {
  /// Batches of a short epoch and of a longer one: what lies between them is the cost of a batch, the
  /// rest of the short one that of an epoch.
  private static let batches = (short: 1, long: 3)
  /// Seconds of the first short epoch after which no other is taken.
  private static let patience = 2.0

  /// The cost of a search's last epochs, in which nothing is warmed up any more; the first short epoch
  /// alone tells it where that takes long.
  ///
  /// - Parameters:
  ///   - search: fresh; it is not kept.
  ///   - trainingRows, validationRows: of the data; a batch has no more rows than either.
  ///   - check: asked before every batch; ends it by throwing.
  /// - Throws: `SpaceError` or `ShapeError` when the space has no supernet on this input, `ArenaError`
  ///   when there is no memory for it; what `check` throws.
  package static func measure(
    _ search: any SupernetSearch, _ choice: ComponentChoice, input: TensorShape, classes: Int,
    trainingRows: Int, validationRows: Int, threads: Int,
    check: @escaping () throws -> Void = {}
  ) throws -> SupernetCost {
    do {
      return try measured(
        search, choice, input: input, classes: classes, trainingRows: trainingRows,
        validationRows: validationRows, threads: threads
      ) {
        do { try check() } catch { return true }
        return false
      }
    } catch is SharedWeights.Interrupted {
      try check()
      throw SharedWeights.Interrupted()
    }
  }

  private static func measured(
    _ search: any SupernetSearch, _ choice: ComponentChoice, input: TensorShape, classes: Int,
    trainingRows: Int, validationRows: Int, threads: Int, isOver: @escaping () -> Bool
  ) throws -> SupernetCost {
    let settings = search.settings
    let batch = max(1, min(settings.batchSize, trainingRows, validationRows))
    let space = try SpaceRegistry.space(choice)
    let supernet = try SharedWeights.supernet(of: space, settings, input: input, classes: classes)
    let plan = try SharedWeights.plan(
      supernet, settings, batch: batch, isa: .best, threads: threads)
    let clock = ContinuousClock()
    func epoch(
      _ batches: Int
    ) throws -> (first: Double, seconds: Double, weights: SharedWeights) {
      let shared = try SharedWeights(
        space, supernet, plan: plan, samples: samples(batch, batches: batches, classes: classes),
        settings: settings, seed: 1, isOver: isOver)
      var search = search
      func advance() throws -> Double {
        let start = clock.now
        _ = try search.advance(shared, epoch: settings.epochs - 1, of: settings.epochs)
        return (clock.now - start) / .seconds(1)
      }
      // The first epoch also maps the memory.
      let first = try advance()
      return (first, first > patience ? first : try advance(), shared)
    }
    let short = try epoch(batches.short)
    let isSlow = short.first > patience
    let long = isSlow ? short : try epoch(batches.long)
    let perBatch =
      isSlow
      ? short.first / Double(batches.short)
      : max(0, (long.seconds - short.seconds) / Double(batches.long - batches.short))
    var generator = SeededGenerator(seed: 1)
    let path = search.draw(long.weights, using: &generator)
    _ = try long.weights.score(path, batches: 1, by: settings.statistics)
    let start = clock.now
    _ = try long.weights.score(path, batches: 1, by: settings.statistics)
    return SupernetCost(
      epochs: settings.epochs, batchSize: batch, paths: settings.draws + settings.answers,
      secondsPerBatch: perBatch,
      secondsPerEpoch: max(0, short.seconds - perBatch * Double(batches.short)),
      secondsPerScore: (clock.now - start) / .seconds(1), arenaBytes: plan.arenaBytes)
  }

  /// Noise with labels at random; all batches are the same.
  private static func samples(_ batch: Int, batches: Int, classes: Int) -> SharedSamples {
    @Sendable func fill(_ inputs: SharedSamples.Inputs, _ labels: SharedSamples.Labels) {
      var generator = SeededGenerator(seed: 1)
      for index in inputs.indices { inputs[index] = Float(2 * generator.unit() - 1) }
      for index in labels.indices { labels[index] = Int32(generator.below(classes)) }
    }
    return SharedSamples(
      batchSize: batch, trainingRows: batches * batch, validationRows: batches * batch,
      fillTraining: { fill($1, $2) }, fillDraw: { fill($1, $2) },
      fillScoring: { _, inputs, labels in
        fill(inputs, labels)
        return batch
      })
  }
}
