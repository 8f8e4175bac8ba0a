package import Domain
package import Foundation
package import Training

/// The searches on shared weights: what a worker runs for each of them.
package enum OneShotRegistry {
  /// Spaces that have a supernet.
  package static let spaces = ["nasbench201-cell", "darts-cell", "enas-micro", "enas-macro"]
  /// Spaces whose genotypes can be read off strengths of branches.
  package static let relaxedSpaces = ["darts-cell", "nasbench201-cell"]

  /// Their entries, which the registry of strategies lists.
  package static let entries = [
    ENAS.entry, DARTS.entry, GDAS.entry, DARTS.partial, PathSampling.randomSharing,
    PathSampling.singlePath,
  ]

  /// The search of one round, fresh or from what it encoded itself to.
  ///
  /// - Parameters:
  ///   - points: those of the space it runs on.
  ///   - round: from 1.
  /// - Throws: `ServiceError` for a strategy that shares no weights; `DecodingError` for bytes that are
  ///   not that search's.
  package static func search(
    _ choice: ComponentChoice, points: [DecisionPoint], round: Int, seed: UInt64,
    saved: Data? = nil
  ) throws -> any SupernetSearch {
    guard let entry = entries.first(where: { $0.id == choice.name }) else {
      throw ServiceError(
        .unavailable,
        "no search on shared weights '\(choice.name)'; known are "
          + entries.map(\.id).joined(separator: ", "))
    }
    var faults: [Fault] = []
    let parameters = Parameters(
      choice.params, for: entry.parameters, at: "/strategy/params", faults: &faults)
    guard faults.isEmpty else {
      throw ServiceError(.validation, "the strategy's parameters are not valid", faults: faults)
    }
    func make<Search: SupernetSearch>(_ fresh: @autoclosure () -> Search) throws -> Search {
      try saved.map { try JSONDecoder().decode(Search.self, from: $0) } ?? fresh()
    }
    switch entry.id {
    case ENAS.entry.id: return try make(ENAS(points, parameters, seed: seed))
    case DARTS.entry.id, DARTS.partial.id: return try make(DARTS(parameters))
    case GDAS.entry.id: return try make(GDAS(parameters))
    default:
      return try make(
        PathSampling(
          points, parameters, round: round, evolves: entry.id == PathSampling.singlePath.id))
    }
  }
}
