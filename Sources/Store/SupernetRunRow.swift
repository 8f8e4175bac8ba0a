internal import Domain
internal import GRDB

/// A supernet as a row of the table `supernet_runs`.
enum SupernetRunRow {
  static let columns = [
    "job", "round", "state", "attempt", "metrics", "measured", "failure", "warnings", "strengths",
    "candidates", "curve",
  ]

  static let select = "SELECT \(columns.joined(separator: ", ")) FROM supernet_runs"

  static let upsert = """
    INSERT INTO supernet_runs (\(columns.joined(separator: ", ")))
    VALUES (?\(String(repeating: ", ?", count: columns.count - 1)))
    ON CONFLICT (job, round) DO UPDATE SET
    \(columns.dropFirst(2).map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
    """

  static func arguments(
    _ run: SupernetRun, of job: String
  ) throws -> [(any DatabaseValueConvertible)?] {
    [
      job, run.round, run.state.rawValue, run.attempt, try StoredJSON.encodeNumbers(run.metrics),
      try StoredJSON.encodeNumbers(run.measured), run.failure,
      try StoredJSON.encode(run.warnings), try StoredJSON.encodeNumbers(run.strengths),
      try StoredJSON.encodeNumbers(run.candidates), try StoredJSON.encodeNumbers(run.curve),
    ]
  }

  /// Reads a row of `select`.
  static func run(_ row: Row) throws -> SupernetRun {
    var run = SupernetRun(round: row[1])
    run.state = try Row.word(row[2], "supernet_runs.state")
    run.attempt = row[3]
    run.metrics = try StoredJSON.numbers(row[4])
    run.measured = try StoredJSON.numbers(row[5])
    run.failure = row[6]
    run.warnings = try StoredJSON.decode([String].self, from: row[7])
    run.strengths = try StoredJSON.decodeNumbers([String: [Double]].self, from: row[8])
    run.candidates = try StoredJSON.decodeNumbers([ScoredCandidate].self, from: row[9])
    run.curve = try StoredJSON.curve(row[10])
    return run
  }
}
