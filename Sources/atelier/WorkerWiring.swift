internal import Domain
internal import Engine
internal import Training
internal import Worker

/// A worker process's parts: the line protocol around the stand-alone estimator.
enum WorkerWiring {
  /// Serves orders until the parent is gone.
  static func run(keepsDead: Bool) throws {
    let estimator = StandAloneEstimator(keepsDead: keepsDead)
    let origin = ContinuousClock.now
    let loop = WorkerLoop(
      engineVersion: EngineVersion.current, isas: InstructionSet.supported.map(\.rawValue)
    ) { order, report, isCancelled in
      estimator.run(
        order,
        watch: TrainingWatch(
          clock: { (ContinuousClock.now - origin) / .seconds(1) }, isCancelled: isCancelled
        ) { measurement in
          report(measurement)
          return .continue
        })
    }
    try loop.run()
  }
}
