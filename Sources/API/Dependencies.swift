package import Domain
package import Foundation
package import Logging
internal import Synchronization

/// Everything the endpoints ask; the wiring fills it in.
package struct Dependencies: Sendable {
  package let catalog: Catalog
  package let jobs: any JobStore
  package let datasets: any DatasetStore
  package let vault: any DatasetVault
  package let weights: any WeightStore
  package let control: any JobControl
  /// Measures what training a genotype costs; throws where it is no network on the data.
  package let probe: @Sendable (JobRequest, Genotype, DatasetContent) throws -> TrialCost
  /// Measures what a supernet of a request costs on so many threads; throws where there is none.
  ///
  /// It asks `check` often, which ends it by throwing.
  package let probeSupernet:
    @Sendable (
      JobRequest, DatasetContent, _ threads: Int, _ check: @escaping () throws -> Void
    ) throws -> SupernetCost
  /// Compares strategies on a table; asks `check` often, which ends it by throwing.
  package let compare:
    @Sendable (ComparisonRequest, _ check: () throws -> Void) throws -> ComparisonReport
  package let clock: @Sendable () -> Date
  package let log: Logger
  /// Makes ids of jobs, data sets and requests.
  package let identifiers: IdentifierSource

  /// - Parameter seed: Of the random digits in ids: differs from start to start, fixed in tests.
  package init(
    catalog: Catalog, jobs: any JobStore, datasets: any DatasetStore, vault: any DatasetVault,
    weights: any WeightStore, control: any JobControl,
    probe: @escaping @Sendable (JobRequest, Genotype, DatasetContent) throws -> TrialCost,
    probeSupernet:
      @escaping @Sendable (
        JobRequest, DatasetContent, _ threads: Int, _ check: @escaping () throws -> Void
      ) throws -> SupernetCost,
    compare:
      @escaping @Sendable (ComparisonRequest, _ check: () throws -> Void) throws ->
      ComparisonReport,
    clock: @escaping @Sendable () -> Date = { Date() }, seed: UInt64, log: Logger
  ) {
    self.catalog = catalog
    self.jobs = jobs
    self.datasets = datasets
    self.vault = vault
    self.weights = weights
    self.control = control
    self.probe = probe
    self.probeSupernet = probeSupernet
    self.compare = compare
    self.clock = clock
    self.log = log
    identifiers = IdentifierSource(seed: seed, clock: clock)
  }

  /// The job of an id.
  ///
  /// - Throws: `ServiceError(.unknownResource)` where there is none.
  func job(_ id: String) async throws -> Job {
    guard let job = try await jobs.job(id) else {
      throw ServiceError(.unknownResource, "no job '\(id)'")
    }
    return job
  }

  /// The data set of an id or a name.
  ///
  /// - Throws: `ServiceError(.unknownResource)` where there is none.
  func dataset(_ idOrName: String) async throws -> Dataset {
    guard let dataset = try await datasets.dataset(idOrName) else {
      throw ServiceError(.unknownResource, "no data set '\(idOrName)'")
    }
    return dataset
  }
}

/// A stream of fresh ids.
package final class IdentifierSource: Sendable {
  private let generator: Mutex<SeededGenerator>
  private let clock: @Sendable () -> Date

  init(seed: UInt64, clock: @escaping @Sendable () -> Date) {
    generator = Mutex(SeededGenerator(seed: seed))
    self.clock = clock
  }

  /// A fresh id, for example `job_01k9…`.
  package func make(_ prefix: String) -> String {
    let now = clock()
    return generator.withLock { Identifier.make(prefix, at: now, using: &$0) }
  }
}
