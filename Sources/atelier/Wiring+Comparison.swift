internal import API
internal import CLinux
internal import Datasets
internal import Domain
internal import Strategies

extension Wiring {
  /// Compares strategies as a request asks, on this thread, which from then on yields to all others.
  ///
  /// - Throws: What `check` throws, which is asked before every proposal; `ServiceError`, `SpaceError`.
  static func compare(
    _ request: ComparisonRequest, in vault: FileDatasetVault, check: () throws -> Void
  ) throws -> ComparisonReport {
    _ = csystem_set_nice(10)
    let source: TableSource =
      switch request.table {
      case .synthetic: .synthetic
      case .truth: .truth
      case .dataset(let content): .dataset(content, path: vault.path(digest: content.digest))
      }
    let comparison = StrategyComparison(
      try source.table(check: check), rule: request.rule, contenders: request.contenders,
      budgets: request.evaluations, seeds: request.seeds)
    let outcomes = try (0..<comparison.runs).map { try comparison.run($0, check: check) }
    return ComparisonReport(comparison, outcomes)
  }
}
