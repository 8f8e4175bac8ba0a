internal import Domain
internal import Engine
internal import Training
internal import Worker

/// A worker process's parts: the line protocol around the estimators.
enum WorkerWiring {
  /// Serves orders until the parent is gone.
  static func run(keepsDead: Bool) throws {
    let training = StandAloneEstimator(keepsDead: keepsDead)
    let table = TableEstimator()
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
      return order.dataset.table == nil
        ? training.run(order, watch: watch) : table.run(order, watch: watch)
    }
    try loop.run()
  }
}
