internal import Architectures
internal import Datasets
internal import Domain
internal import Foundation
internal import Logging
internal import Runner
internal import Store
internal import Strategies
internal import Training

/// The one place that sees everything: which implementation stands behind which protocol.
struct Wiring {
  let folder: DataFolder
  let lock: DataLock
  let store: SQLiteJobStore
  let vault: FileDatasetVault
  let weights: FileWeightStore
  let executor: LocalExecutor
  let runner: JobRunner
  let log: Logger

  /// Every space, strategy, format and exporter there is.
  static let catalog = Catalog(
    spaces: SpaceRegistry.all, strategies: StrategyRegistry.all,
    pruners: PrunerRegistry.all, proxies: ProxyRegistry.all.ids, formats: DatasetFormats.registry,
    exporters: ExporterRegistry.all,
    decode: { try SpaceRegistry.decode($0, $1, input: $2, classes: $3) })

  /// Reads the architecture strings of a space, each in the space's own spelling.
  static let codes: NASTableFormat.CodeReader = { choice in
    let space = try SpaceRegistry.space(choice)
    return { space.code(of: try space.genotype(of: $0)) }
  }

  /// Takes the data folder, opens its stores and puts the built-in data sets in.
  ///
  /// - Throws: `ServiceError(.dataFolderHeld)` that says who holds the folder.
  init(data: String, machine: MachineOptions, address: String, log: Logger) async throws {
    self.log = log
    folder = try DataFolder(data)
    lock = try DataLock(folder: folder.path, address: address)
    store = SQLiteJobStore(try Database(path: folder.database))
    vault = FileDatasetVault(
      folder: folder.path, limitBytes: machine.uploadLimitBytes, readCodes: Wiring.codes)
    weights = try FileWeightStore(folder: folder.weights, checkpoints: folder.checkpoints)
    executor = Wiring.executor(workers: machine.workers, arguments: ["worker"], log: log)
    var settings = RunnerSettings()
    settings.memoryLimitBytes = machine.memoryLimitBytes
    runner = JobRunner(
      store: store, datasets: store, vault: vault, weights: weights, catalog: Wiring.catalog,
      executor: executor, settings: settings, logger: log)
    for dataset in try BuiltinDatasets.install(in: vault, at: Date())
    where try await store.dataset(dataset.name) == nil {
      try await store.create(dataset, reply: nil)
    }
    try vault.sweep(open: try await openDatasets())
  }

  /// Worker processes of this very binary.
  static func executor(workers: Int, arguments: [String], log: Logger) -> LocalExecutor {
    LocalExecutor(slots: workers, arguments: arguments, logger: log)
  }

  private func openDatasets() async throws -> Set<String> {
    var open: Set<String> = []
    var token: String?
    repeat {
      let page = try await store.datasets(pageSize: 500, pageToken: token)
      open.formUnion(page.rows.filter { $0.state == .open }.map(\.id))
      token = page.nextToken
    } while token != nil
    return open
  }
}
