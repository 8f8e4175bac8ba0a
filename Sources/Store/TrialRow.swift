internal import Domain
internal import Foundation
internal import GRDB

/// A trial as a row of the table `trials`; equal trials have equal rows, NaN included.
struct TrialRow: Equatable {
  static let columns = [
    "job", "number", "state", "attempt", "search_accuracy", "parameters", "macs", "fingerprint",
    "architecture", "weights", "fidelity", "parent", "started", "finished", "code", "genotype",
    "metrics", "measured", "failure", "curve", "is_random", "is_reevaluation", "cached_from",
    "is_probe", "scores",
  ]

  static let select = "SELECT \(columns.joined(separator: ", ")) FROM trials"

  /// Inserts a trial or replaces it, whatever its state.
  static let overwrite = """
    INSERT INTO trials (\(columns.joined(separator: ", ")))
    VALUES (?\(String(repeating: ", ?", count: columns.count - 1)))
    ON CONFLICT (job, number) DO UPDATE SET
    \(columns.dropFirst(2).map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
    """

  /// Inserts a trial or replaces one that has not finished; changes nothing of one that has.
  static let upsert = overwrite + " WHERE trials.state IN ('pending', 'running')"

  let values: [DatabaseValue]

  /// The row of a job's trial.
  init(_ trial: Trial, of job: String) throws {
    let architecture = trial.fingerprint.map { Identifier.architecture(job: job, fingerprint: $0) }
    let arguments: [(any DatabaseValueConvertible)?] = [
      job, trial.number, trial.state.rawValue, trial.attempt,
      TrialRow.key(trial.searchAccuracy),
      TrialRow.key(trial.metrics[MetricName.parameters]),
      TrialRow.key(trial.metrics[MetricName.macs]), trial.fingerprint, architecture,
      trial.weights, trial.candidate.fidelity, trial.candidate.parent,
      trial.started?.timeIntervalSinceReferenceDate,
      trial.finished?.timeIntervalSinceReferenceDate, trial.code,
      try StoredJSON.encode(trial.candidate.genotype),
      try StoredJSON.encodeNumbers(trial.metrics), try StoredJSON.encodeNumbers(trial.measured),
      trial.failure, try StoredJSON.encodeNumbers(trial.curve),
      trial.candidate.isRandom, trial.candidate.isReevaluation, trial.cachedFrom,
      trial.candidate.isProbe, try trial.candidate.scores.map(StoredJSON.encodeNumbers),
    ]
    values = arguments.map { $0?.databaseValue ?? .null }
  }

  /// A number that can be ordered: NaN counts as none.
  static func key(_ value: Double?) -> Double? {
    value.flatMap { $0.isNaN ? nil : $0 }
  }

  /// Reads a row of `select`.
  static func trial(_ row: Row) throws -> Trial {
    let genotype = try StoredJSON.genotype(row[15])
    let candidate = Candidate(
      genotype, fidelity: row[10], parent: row[11], isRandom: row[20], isReevaluation: row[21],
      isProbe: row[23], scores: try row.text(24).map(StoredJSON.numbers))
    var trial = Trial(
      number: row[1], candidate: candidate, code: row[14], fingerprint: row.text(7))
    trial.state = try Row.word(row[2], "trials.state")
    trial.attempt = row[3]
    trial.weights = row[9]
    trial.started = row.date(12)
    trial.finished = row.date(13)
    trial.metrics = try StoredJSON.numbers(row[16])
    trial.measured = try StoredJSON.numbers(row[17])
    trial.failure = row[18]
    trial.curve = try StoredJSON.curve(row[19])
    trial.cachedFrom = row[22]
    return trial
  }
}
