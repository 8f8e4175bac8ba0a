internal import API
internal import Domain
internal import Synchronization

/// Comparisons whose numbers are the strategies' places; with two seeds no run picks anything.
package final class ToyComparer: Sendable {
  private let state = Mutex((isHolding: false, running: 0))

  package init() {}

  /// Makes comparisons go on until they are let go or told to end.
  package func hold() { state.withLock { $0.isHolding = true } }

  /// Lets all comparisons come to their end.
  package func release() { state.withLock { $0.isHolding = false } }

  /// How many comparisons are being made.
  package var running: Int { state.withLock { $0.running } }

  func compare(_ request: ComparisonRequest, check: () throws -> Void) throws -> ComparisonReport {
    state.withLock { $0.running += 1 }
    defer { state.withLock { $0.running -= 1 } }
    repeat { try check() } while state.withLock { $0.isHolding }
    let names = ["random"] + request.contenders.map(\.name).filter { $0 != "random" }
    let summaries = names.indices.map { place in
      let values = (0..<request.seeds).map { Double(place) + 1 / Double($0 + 2) }
      return Summary(request.seeds == 2 ? [] : values)
    }
    return ComparisonReport(
      table: ComparisonReport.Table(
        strings: 6, graphs: 4, report: "test", best: 3, cost: "macs"),
      rule: request.rule, seeds: request.seeds,
      lines: request.evaluations.flatMap { evaluations in
        names.enumerated().map { place, name in
          ComparisonReport.Line(
            strategy: name, evaluations: evaluations, summary: summaries[place],
            rank: Double(names.count - place), p: place == 0 ? nil : 0.01,
            correctedP: place == 0 ? nil : 0.02, repeats: 0, draws: 0)
        }
      },
      curves: names.enumerated().map { place, name in
        ComparisonReport.Curve(
          strategy: name,
          byCount: Array(repeating: summaries[place], count: request.evaluations.last ?? 1),
          byCost: [1.0, 2.0].map {
            ComparisonReport.CostPoint(cost: $0, summary: summaries[place])
          })
      })
  }
}
