package import Domain

/// The wire form of a trial.
package enum TrialWire {
  /// - Parameter withCurve: The learning curve is left out of lists.
  package static func json(
    _ trial: Trial, job: String, points: [DecisionPoint], isTable: Bool = false, withCurve: Bool
  ) -> JSONValue {
    let estimator = trial.candidate.scores != nil ? "shared_weights" : "stand_alone"
    var members: [String: JSONValue] = [
      "number": .int(trial.number), "state": .string(trial.state.rawValue),
      "attempt": .int(trial.attempt), "code": .string(trial.code),
      "genotype": JSONValue(trial.candidate.genotype),
      "decisions": decisions(trial.candidate.genotype, points),
      "architecture": .text(
        trial.fingerprint.map { Identifier.architecture(job: job, fingerprint: $0) }),
      "fingerprint": .text(trial.fingerprint), "search_accuracy": .real(trial.searchAccuracy),
      "parameters": .count(trial.metrics[MetricName.parameters]),
      "macs": .count(trial.metrics[MetricName.macs]), "metrics": .numbers(trial.metrics),
      "measured": .numbers(trial.measured), "parent": .int(trial.candidate.parent),
      "cached_from": .int(trial.cachedFrom), "is_random": .bool(trial.candidate.isRandom),
      "is_probe": .bool(trial.candidate.isProbe),
      "estimator": .string(isTable ? "table" : estimator),
      "fidelity": .number(trial.candidate.fidelity), "failure": .text(trial.failure),
      "weights_kept": .bool(trial.weights != nil), "started": .time(trial.started),
      "finished": .time(trial.finished),
    ]
    if withCurve { members["curve"] = curve(trial.curve) }
    return .object(members)
  }

  /// The end of each epoch.
  static func curve(_ curve: [Measurement]) -> JSONValue {
    .array(
      curve.map { point in
        [
          "epoch": .int(point.epoch), "seconds": .number(point.seconds),
          "metrics": .object(point.metrics.mapValues { .real($0) }),
        ]
      })
  }

  /// The chosen label of every active point, by the point's name.
  static func decisions(_ genotype: Genotype, _ points: [DecisionPoint]) -> JSONValue {
    var members: [String: JSONValue] = [:]
    for (point, decision) in zip(points, genotype.decisions) {
      guard let decision, point.values.indices.contains(decision) else { continue }
      members[point.name] = .string(point.values[decision])
    }
    return .object(members)
  }
}
