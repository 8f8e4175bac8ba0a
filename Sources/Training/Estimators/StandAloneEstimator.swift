internal import Datasets
package import Domain
internal import Engine
internal import Synchronization

/// Measures an architecture by training its network alone: a pure function of the order and the data.
///
/// The mapped data set, its division and the last plan are kept from one order to the next; they
/// change how long an order takes, never what it brings.
package final class StandAloneEstimator: Sendable {
  private let dataCache = Mutex(OrderDataCache())
  private let networkCache: Mutex<NetworkCache>
  private let proxyDesk = Mutex(ProxyDesk())

  /// An estimator with nothing kept yet.
  ///
  /// - Parameter keepsDead: also trains what is on no path to the output, which no result needs; for
  ///   comparisons with implementations that do.
  package init(keepsDead: Bool = false) {
    networkCache = Mutex(NetworkCache(keepsDead: keepsDead))
  }

  /// Carries one order out.
  ///
  /// Trials and selections train on train and are measured on validation; a trial is ended before that
  /// where a proxy's filter keeps it out. A test trains on both and
  /// reads the test split once, at the end.
  package func run(_ order: WorkOrder, watch: TrainingWatch) -> Outcome {
    do {
      if let start = order.warmStart { return try findStarts(start, for: order, watch: watch) }
      return try estimate(order, watch)
    } catch let error as ServiceError {
      return error.code == .storage
        ? .storage(reason: error.description) : .failed(reason: error.description)
    } catch {
      return .failed(reason: "\(error)")
    }
  }

  /// The data an order trains on.
  func data(for order: WorkOrder) throws -> OrderData {
    try dataCache.withLock { try $0.data(for: order).0 }
  }

  private func estimate(_ order: WorkOrder, _ watch: TrainingWatch) throws -> Outcome {
    let start = watch.clock()
    let isa = try order.numerics.instructionSet()
    let (data, map) = try dataCache.withLock { try $0.data(for: order) }
    guard data.fitting.count > 0 else {
      return .failed(reason: "no row is left to train on")
    }
    let seeds = RunSeeds(order)
    let training = TrainingBatches(
      data.fitting, data.normalisation, batchSize: order.schedule.batchSize,
      augmentation: order.schedule.augmentation, seed: seeds.run, trial: order.number)
    let network: Network
    do {
      let batch = training.batchSize
      network = try networkCache.withLock { try $0.network(for: order, batch: batch, isa: isa) }
    } catch let error as SpaceError {
      return .infeasible(reason: error.message, nil)
    } catch let error as ShapeError {
      return .infeasible(reason: error.description, nil)
    }
    let planned = watch.clock()
    var evaluation = network.evaluation
    evaluation.measured["plan_seconds"] = planned - start
    let arenaBytes = network.plan.arenaBytes
    guard arenaBytes <= order.memoryLimitBytes else {
      return .infeasible(
        reason: "training needs \(arenaBytes) bytes; the limit is \(order.memoryLimitBytes)",
        evaluation)
    }
    if let ending = try untrained(order, data, isa, watch, start: start, &evaluation) {
      return ending
    }
    let measured = watch.clock()
    let execution: Execution
    do {
      execution = try Execution(network.plan)
    } catch {
      return .infeasible(reason: "\(error)", evaluation)
    }
    execution.initialise(seed: seeds.initialisation)
    if let path = order.parentWeights {
      let inherited = try Inheritance.weights(
        order, stored: WeightFile.read(path), own: execution.weights(), seed: seeds.initialisation)
      try execution.load(inherited, partial: true)
    }
    let referee = Referee(order.hurdles)
    var trainer = Trainer(
      execution, order.schedule, training: training,
      validation: data.validation.map {
        EvaluationBatches($0, data.normalisation, batchSize: training.batchSize)
      },
      dropoutSeed: seeds.dropout, watch: referee.watch(watch), start: start,
      deadline: order.secondsLeft.map { start + $0 })
    let ending = trainer.run()
    evaluation.curve = trainer.curve
    evaluation.measured["train_seconds"] = watch.clock() - measured
    switch ending {
    case .cancelled: return .cancelled
    case .diverged(let reason): return .diverged(reason: reason, evaluation)
    case .stopped:
      if let missed = referee.missed { return .stopped(reason: missed, evaluation) }
    case .finished: break
    }
    if let permit = TestPermit(order) {
      let batches = EvaluationBatches(
        try map.testRows(for: permit), data.normalisation, batchSize: training.batchSize)
      guard let score = Score.evaluate(execution, on: batches, isOver: trainer.isOver) else {
        return .cancelled
      }
      guard score.lossSum.isFinite else {
        return .diverged(reason: "the test loss is \(score.loss)", evaluation)
      }
      evaluation.metrics[MetricName.testAccuracy] = score.accuracy
      evaluation.metrics[MetricName.testLoss] = score.loss
    } else {
      takeValidation(of: order.role, into: &evaluation)
    }
    if order.measuresLatency {
      let latency = try Latency.measure(order, isa: isa, weights: execution.weights())
      evaluation.metrics[MetricName.latency] = latency
    }
    if let folder = order.weightsFolder {
      evaluation.weights = try WeightFile.write(
        execution.weights(), of: evaluation, data.normalisation, folder: folder)
    }
    return .completed(evaluation)
  }

  /// Scores a trial's network by the order's proxies; how the order ends where it is not to be trained.
  private func untrained(
    _ order: WorkOrder, _ data: OrderData, _ isa: InstructionSet, _ watch: TrainingWatch,
    start: Double, _ evaluation: inout Evaluation
  ) throws -> Outcome? {
    guard order.role == .trial, !order.proxies.isEmpty || order.filter != nil else { return nil }
    let began = watch.clock()
    func isOver() -> Bool {
      watch.isCancelled() || order.secondsLeft.map { watch.clock() >= start + $0 } ?? false
    }
    do {
      let finding = try proxyDesk.withLock {
        try $0.judge(order, data, isa: isa, isOver: isOver, metrics: &evaluation.metrics)
      }
      evaluation.measured["proxy_seconds"] = watch.clock() - began
      switch finding {
      case .worthTraining: return nil
      case .cutShort: return .cancelled
      case .hopeless(let reason): return .stopped(reason: reason, evaluation)
      }
    } catch let error as ProxyMemoryError {
      return .infeasible(reason: error.description, evaluation)
    } catch let error as ArenaError {
      return .infeasible(reason: "\(error)", evaluation)
    }
  }

  /// Copies the last epoch's validation figures to the names that the role gives them.
  private func takeValidation(of role: WorkOrder.Role, into evaluation: inout Evaluation) {
    let last = evaluation.curve.last?.metrics ?? [:]
    let names =
      role == .trial
      ? (MetricName.searchAccuracy, MetricName.searchLoss)
      : (MetricName.validationAccuracy, MetricName.validationLoss)
    evaluation.metrics[names.0] = last[MetricName.validationAccuracy] ?? nil
    evaluation.metrics[names.1] = last[MetricName.validationLoss] ?? nil
  }
}
