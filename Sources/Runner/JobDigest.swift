package import Domain
internal import FoundationEssentials

/// SHA-256 over all of a job that is a function of its request, its seed and the data.
///
/// The text hashed is canonical JSON (RFC 8785; NaN and infinities as null):
/// `{format, request, dataset, supernets, trials, trial_weights, final}`. It holds no attempts, times, ids,
/// hosts, codes or failure texts. Cancelled trials are absent: their results depend on timing.
///
/// Which trials' weights are still kept must not change it, so single digests of trials' weights are
/// not listed; `trial_weights` is a hash chain over those of all observed trials, extended when a trial
/// is observed and saved in the same transaction. Every completed trial writes its weights, so the
/// chain depends on the trials alone. Final runs keep theirs, which are listed.
package enum JobDigest {
  /// The chain before the first trial.
  package static let emptyChain = Digest.sha256("atelier.trial-weights/1")

  /// The chain after one more trial.
  package static func chain(_ chain: String, trial: Int, weights: String?) -> String {
    Digest.sha256("\(chain) \(trial) \(weights ?? "none")")
  }

  /// The digest of a job.
  ///
  /// - Throws: `EncodingError` when the request cannot be encoded.
  package static func digest(
    of job: Job, trials: [Trial], finalRuns: [FinalRun], supernetRuns: [SupernetRun] = [],
    weightsChain: String
  ) throws -> String {
    let request = try JSONDecoder().decode(
      JSONValue.self, from: JSONEncoder().encode(job.request))
    let value: JSONValue = [
      "format": "atelier.digest/3",
      "request": request,
      "dataset": .string(job.datasetDigest),
      "supernets": .array(
        supernetRuns.sorted { $0.round < $1.round }
          .filter { $0.state.isFinished && $0.state != .cancelled }
          .map(entry)),
      "trials": .array(
        trials.sorted { $0.number < $1.number }
          .filter { $0.state.isFinished && $0.state != .cancelled }
          .map(entry)),
      "trial_weights": .string(weightsChain),
      "final": .array(
        finalRuns.sorted(by: precedes)
          .filter { $0.state.isFinished && $0.state != .cancelled }
          .map(entry)),
    ]
    return Digest.sha256(value.canonical)
  }

  private static func entry(_ trial: Trial) -> JSONValue {
    [
      "number": .number(Double(trial.number)),
      "genotype": decisions(trial.candidate.genotype),
      "fingerprint": trial.fingerprint.map(JSONValue.string) ?? .null,
      "cached_from": trial.cachedFrom.map { .number(Double($0)) } ?? .null,
      "is_random": .bool(trial.candidate.isRandom),
      "is_probe": .bool(trial.candidate.isProbe),
      "state": .string(trial.state.rawValue),
      "metrics": .object(trial.metrics.mapValues(JSONValue.number)),
      "curve": curve(trial.curve),
    ]
  }

  private static func entry(_ run: SupernetRun) -> JSONValue {
    [
      "round": .number(Double(run.round)),
      "state": .string(run.state.rawValue),
      "metrics": .object(run.metrics.mapValues(JSONValue.number)),
      "curve": curve(run.curve),
      "strengths": .object(
        run.strengths.mapValues { .array($0.map(JSONValue.number)) }),
      "candidates": .array(run.candidates.map(entry)),
    ]
  }

  private static func entry(_ candidate: ScoredCandidate) -> JSONValue {
    [
      "genotype": decisions(candidate.genotype),
      "purposes": .array(candidate.purposes.map { .string($0.rawValue) }),
      "metrics": .object(candidate.metrics.mapValues(JSONValue.number)),
    ]
  }

  private static func decisions(_ genotype: Genotype) -> JSONValue {
    .array(genotype.decisions.map { $0.map { .number(Double($0)) } ?? .null })
  }

  private static func entry(_ run: FinalRun) -> JSONValue {
    [
      "stage": .string(run.stage.rawValue),
      "trial": .number(Double(run.trial)),
      "repetition": .number(Double(run.repetition)),
      "fingerprint": .string(run.fingerprint),
      "state": .string(run.state.rawValue),
      "metrics": .object(run.metrics.mapValues(JSONValue.number)),
      "curve": curve(run.curve),
      "weights": run.weights.map(JSONValue.string) ?? .null,
    ]
  }

  private static func curve(_ curve: [Measurement]) -> JSONValue {
    .array(curve.map(entry))
  }

  private static func entry(_ point: Measurement) -> JSONValue {
    let metrics: [String: JSONValue] = point.metrics.mapValues { value in
      value.map(JSONValue.number) ?? .null
    }
    return ["epoch": .number(Double(point.epoch)), "metrics": .object(metrics)]
  }

  private static func precedes(_ one: FinalRun, _ other: FinalRun) -> Bool {
    if one.stage != other.stage { return one.stage == .selection }
    if one.trial != other.trial { return one.trial < other.trial }
    return one.repetition < other.repetition
  }
}
