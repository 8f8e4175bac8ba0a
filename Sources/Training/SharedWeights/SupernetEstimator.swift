internal import Architectures
internal import Datasets
package import Domain
internal import Engine
package import Foundation
internal import Synchronization

/// Carries out orders that train shared weights: a pure function of order and data, but for where a limit
/// of seconds cuts it.
///
/// Each epoch's end is saved where the order says; an order that finds such a file goes on from there and
/// ends as if it had never been stopped.
package final class SupernetEstimator: Sendable {
  /// Makes an order's search, fresh or from what it encoded itself to.
  package typealias Make =
    @Sendable (_ order: WorkOrder, _ saved: Data?) throws -> any SupernetSearch

  /// Share of an order's seconds that training may take; the rest is for scoring.
  static let trainingShare = 0.85
  /// Share of an order's seconds after which no further path is scored.
  static let scoringEnd = 0.95
  /// Architectures chosen by rank among the draws.
  static let probes = 24

  private let make: Make
  private let dataCache = Mutex(OrderDataCache())

  package init(make: @escaping Make) {
    self.make = make
  }

  /// Carries one order out.
  package func run(_ order: WorkOrder, watch: TrainingWatch) -> Outcome {
    do {
      return try train(order, watch)
    } catch is SharedWeights.Interrupted {
      return .cancelled
    } catch let error as SpaceError {
      return .infeasible(reason: error.message, nil)
    } catch let error as ShapeError {
      return .infeasible(reason: error.description, nil)
    } catch let error as ServiceError {
      return error.code == .storage
        ? .storage(reason: error.description) : .failed(reason: error.description)
    } catch {
      return .failed(reason: "\(error)")
    }
  }

  private func train(_ order: WorkOrder, _ watch: TrainingWatch) throws -> Outcome {
    let start = watch.clock()
    let isa = try order.numerics.instructionSet()
    let (data, _) = try dataCache.withLock { try $0.data(for: order) }
    guard data.fitting.count > 0, let validation = data.validation, validation.count > 0 else {
      return .failed(reason: "shared weights need rows to train on and rows to validate on")
    }
    let name = try SupernetCheckpoint.name(of: order)
    let saved = order.checkpoint.flatMap { SupernetCheckpoint.read($0, order: name) }
    var search = try make(order, saved?.checkpoint.search)
    let settings = search.settings
    let seed = RunSeeds(order).run
    let samples = SharedSamples(
      training: data.fitting, validation: validation, data.normalisation,
      batchSize: settings.batchSize, augmentation: order.schedule.augmentation, seed: seed,
      round: order.number)
    let space = try SpaceRegistry.space(order.space)
    let supernet = try SharedWeights.supernet(
      of: space, settings, input: order.dataset.shape, classes: order.dataset.classes.count)
    let plan = try SharedWeights.plan(
      supernet, settings, batch: samples.batchSize, isa: isa, threads: order.numerics.threads)
    var evaluation = Evaluation(
      fingerprint: "", metrics: [MetricName.parameters: Double(supernet.parameters)],
      measured: [
        "plan_seconds": watch.clock() - start, "arena_bytes": Double(plan.arenaBytes),
      ], curve: saved?.checkpoint.curve ?? [], weights: nil)
    guard plan.arenaBytes <= order.memoryLimitBytes else {
      return .infeasible(
        reason: """
          the supernet needs \(plan.arenaBytes) bytes; the limit is \(order.memoryLimitBytes): \
          take fewer filters, cells or a smaller batch
          """, evaluation)
    }
    let shared = try SharedWeights(
      space, supernet, plan: plan, samples: samples, settings: settings, seed: seed,
      isOver: watch.isCancelled,
      isLate: {
        guard let left = order.secondsLeft else { return false }
        return watch.clock() - start >= SupernetEstimator.scoringEnd * left
      })
    var clock = EpochClock(
      epochs: saved?.checkpoint.epochs ?? settings.epochs, before: saved?.checkpoint.seconds ?? 0,
      start: start,
      limit: order.secondsLeft.map { $0 * SupernetEstimator.trainingShare })
    var epoch = saved?.checkpoint.epoch ?? 0
    if let saved {
      try shared.restore(
        SharedWeights.State(
          steps: saved.checkpoint.steps, draws: saved.checkpoint.draws, bytes: saved.bytes))
    }
    let first = epoch
    if epoch > 0, let limit = clock.limit, limit <= 0 { clock.end(at: epoch) }
    while epoch < clock.epochs, !search.isFinished {
      let metrics = try search.advance(shared, epoch: epoch, of: clock.epochs)
      epoch += 1
      let seconds = clock.seconds(at: watch.clock())
      let measurement = Measurement(epoch: epoch, metrics: metrics, seconds: seconds)
      evaluation.curve.append(measurement)
      if let loss = metrics[MetricName.trainLoss], loss?.isFinite != true {
        return .diverged(reason: "the training loss is no number in epoch \(epoch)", evaluation)
      }
      clock.fit(done: epoch, since: first, now: watch.clock())
      if let path = order.checkpoint {
        let state = shared.state
        try SupernetCheckpoint(
          order: name, epoch: epoch, epochs: clock.epochs, steps: state.steps, draws: state.draws,
          search: try SupernetEstimator.encode(search), curve: evaluation.curve, seconds: seconds,
          digest: Digest.sha256(state.bytes)
        ).write(state.bytes, to: path)
      }
      if watch.report(measurement) == .cancel { return .cancelled }
    }
    evaluation.metrics["epochs"] = Double(epoch)
    evaluation.measured["train_seconds"] = clock.seconds(at: watch.clock())
    let candidates = try derive(search, shared, order)
    var warnings = search.warnings
    let isCut = epoch < settings.epochs && !search.isFinished
    evaluation.measured["is_cut"] = isCut ? 1 : 0
    if isCut {
      warnings.append("the time was enough for \(epoch) of \(settings.epochs) epochs")
    }
    evaluation.derivation = Derivation(
      strengths: search.strengths, candidates: candidates, warnings: warnings)
    if let best = candidates.first {
      evaluation.metrics[MetricName.searchAccuracy] = best.metrics[MetricName.searchAccuracy]
      let cost = try? CostProbe.measure(
        order.space, best.genotype, input: order.dataset.shape,
        classes: order.dataset.classes.count, schedule: order.schedule)
      evaluation.measured["child_seconds_per_sample"] = cost?.secondsPerSample
    }
    evaluation.measured["score_seconds"] =
      clock.seconds(at: watch.clock()) - (evaluation.measured["train_seconds"] ?? 0)
    return .completed(evaluation)
  }

  /// The answers, then the draws, some of which are probes.
  private func derive(
    _ search: any SupernetSearch, _ shared: SharedWeights, _ order: WorkOrder
  ) throws -> [ScoredCandidate] {
    func decode(_ genotype: Genotype) -> Architecture? {
      // Cells that nothing goes through are no networks.
      guard
        let architecture = try? SpaceRegistry.decode(
          order.space, genotype, input: order.dataset.shape,
          classes: order.dataset.classes.count), (try? architecture.graph()) != nil
      else { return nil }
      return architecture
    }
    // What is late leaves draws out: fewer probes and controls are better than no answer.
    // Genotypes that decode to one network are one answer.
    var seen: Set<String> = []
    let answers = try search.answers(shared).filter { answer in
      decode(answer.genotype).map { seen.insert($0.fingerprint).inserted } ?? false
    }
    var candidates = answers.prefix(shared.settings.answers).map { $0.candidate([.derived]) }
    guard !candidates.isEmpty else {
      throw ServiceError(
        .unavailable,
        "what the shared weights rate best has no path from the input to the output")
    }
    var generator = SeededGenerator(jobSeed: shared.seed, trial: order.number, purpose: .sample)
    var draws: [(scored: ScoredGenotype, fingerprint: String)] = []
    for _ in 0..<20 * shared.settings.draws where draws.count < shared.settings.draws {
      if shared.isLate() { break }
      let genotype = search.draw(shared, using: &generator)
      guard let architecture = decode(genotype) else { continue }
      let score = try shared.score(genotype, by: shared.settings.statistics)
      draws.append((ScoredGenotype(genotype, score), architecture.fingerprint))
    }
    let probes = SupernetEstimator.strata(
      draws.map(\.scored), draws.map(\.fingerprint), count: SupernetEstimator.probes,
      using: &generator)
    candidates += draws.enumerated().map { place, draw in
      draw.scored.candidate(probes.contains(place) ? [.control, .probe] : [.control])
    }
    return candidates
  }

  /// Places of distinct networks, one of each of so many parts of the ranking, equally long.
  static func strata(
    _ scored: [ScoredGenotype], _ fingerprints: [String], count: Int,
    using generator: inout SeededGenerator
  ) -> Set<Int> {
    var seen: Set<String> = []
    let distinct = scored.indices.filter { seen.insert(fingerprints[$0]).inserted }
    let ranked = distinct.sorted {
      if ScoredGenotype.isBetter(scored[$0], scored[$1]) { return true }
      return !ScoredGenotype.isBetter(scored[$1], scored[$0]) && $0 < $1
    }
    let count = min(count, ranked.count)
    return Set(
      (0..<count).map { part in
        let start = part * ranked.count / count
        let end = (part + 1) * ranked.count / count
        return ranked[start + generator.below(end - start)]
      })
  }

  private static func encode(_ search: any SupernetSearch) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(search)
  }
}

/// How many epochs fit the seconds, by what the first ones took.
private struct EpochClock {
  private(set) var epochs: Int
  /// Seconds that earlier attempts trained.
  let before: Double
  let start: Double
  /// Seconds for training that were left at the start; nil: no limit.
  let limit: Double?

  func seconds(at now: Double) -> Double { before + now - start }

  /// Ends with the epochs that are done.
  mutating func end(at epoch: Int) { epochs = epoch }

  /// Cuts the epochs to what fits.
  mutating func fit(done: Int, since first: Int, now: Double) {
    guard let limit, done > first else { return }
    let perEpoch = (now - start) / Double(done - first)
    let more = max(0, Int((limit - (now - start)) / max(perEpoch, 1e-9)))
    epochs = min(epochs, done + more)
  }
}

extension ScoredGenotype {
  fileprivate func candidate(_ purposes: [ScoredCandidate.Purpose]) -> ScoredCandidate {
    ScoredCandidate(
      genotype: genotype, purposes: purposes,
      metrics: [
        MetricName.searchAccuracy: score.accuracy, MetricName.searchLoss: score.loss,
      ])
  }
}
