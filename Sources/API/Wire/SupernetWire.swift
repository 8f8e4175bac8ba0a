package import Domain

/// The wire form of a supernet's training.
package enum SupernetWire {
  /// - Parameter names: what the branches of the space's choices are called, by key.
  package static func json(_ run: SupernetRun, names: [String: [String]]) -> JSONValue {
    [
      "round": .int(run.round), "state": .string(run.state.rawValue), "attempt": .int(run.attempt),
      "metrics": .numbers(run.metrics), "measured": .numbers(run.measured),
      "curve": TrialWire.curve(run.curve),
      "strengths": .object(
        run.strengths.mapValues { .array($0.map { .number($0) }) }),
      "branches": .object(
        names.filter { run.strengths[$0.key]?.count == $0.value.count }
          .mapValues { .array($0.map { .string($0) }) }),
      "candidates": .int(run.candidates.count),
      "warnings": .array(run.warnings.map { .string($0) }), "failure": .text(run.failure),
    ]
  }
}
