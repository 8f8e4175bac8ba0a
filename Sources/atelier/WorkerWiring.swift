internal import Architectures
internal import Domain
internal import Engine
internal import Strategies
internal import Training
internal import Worker

/// A worker process's parts: the line protocol around the estimators.
enum WorkerWiring {
  /// Serves orders until the parent is gone.
  static func run(keepsDead: Bool) throws {
    let training = StandAloneEstimator(keepsDead: keepsDead)
    let table = TableEstimator()
    let shared = SupernetEstimator { order, saved in
      guard let strategy = order.strategy else {
        throw ServiceError(.unavailable, "an order of a supernet names no strategy")
      }
      return try OneShotRegistry.search(
        strategy, points: SpaceRegistry.space(order.space).points, round: order.number,
        seed: RunSeeds(order).run, saved: saved)
    }
    let origin = ContinuousClock.now
    let loop = WorkerLoop(
      engineVersion: EngineVersion.current, isas: InstructionSet.supported.map(\.rawValue)
    ) { order, report, isCancelled in
      let watch = TrainingWatch(
        clock: { (ContinuousClock.now - origin) / .seconds(1) }, isCancelled: isCancelled
      ) { measurement in
        report(measurement)
        return .continue
      }
      if order.role == .supernet, order.warmStart == nil { return shared.run(order, watch: watch) }
      return order.dataset.table == nil
        ? training.run(order, watch: watch) : table.run(order, watch: watch)
    }
    try loop.run()
  }
}
