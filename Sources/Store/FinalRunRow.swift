internal import Domain
internal import GRDB

/// A run of the final phase as a row of the table `final_runs`.
enum FinalRunRow {
  static let columns = [
    "job", "stage", "trial", "repetition", "state", "attempt", "fingerprint", "weights", "metrics",
    "measured", "failure", "curve",
  ]

  static let select = "SELECT \(columns.joined(separator: ", ")) FROM final_runs"

  static let upsert = """
    INSERT INTO final_runs (\(columns.joined(separator: ", ")))
    VALUES (?\(String(repeating: ", ?", count: columns.count - 1)))
    ON CONFLICT (job, stage, trial, repetition) DO UPDATE SET
    \(columns.dropFirst(4).map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
    """

  static func arguments(
    _ run: FinalRun, of job: String
  ) throws -> [(any DatabaseValueConvertible)?] {
    [
      job, run.stage.rawValue, run.trial, run.repetition, run.state.rawValue, run.attempt,
      run.fingerprint, run.weights, try StoredJSON.encodeNumbers(run.metrics),
      try StoredJSON.encodeNumbers(run.measured), run.failure,
      try StoredJSON.encodeNumbers(run.curve),
    ]
  }

  /// Reads a row of `select`.
  static func run(_ row: Row) throws -> FinalRun {
    var run = FinalRun(
      stage: try Row.word(row[1], "final_runs.stage"), trial: row[2], repetition: row[3],
      fingerprint: row[6])
    run.state = try Row.word(row[4], "final_runs.state")
    run.attempt = row[5]
    run.weights = row[7]
    run.metrics = try StoredJSON.numbers(row[8])
    run.measured = try StoredJSON.numbers(row[9])
    run.failure = row[10]
    run.curve = try StoredJSON.curve(row[11])
    return run
  }
}
