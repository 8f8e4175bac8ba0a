internal import Domain
internal import Logging

/// Everything that running jobs share, handed in by the wiring.
struct Workshop: Sendable {
  let store: any JobStore
  let datasets: any DatasetStore
  let vault: any DatasetVault
  let weights: any WeightStore
  let catalog: Catalog
  let executor: any Executor
  let settings: RunnerSettings
  let clock: RunnerClock
  let bus: EventBus
  let logger: Logger
}
