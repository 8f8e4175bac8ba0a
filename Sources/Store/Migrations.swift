internal import Domain
internal import GRDB

/// The numbered steps that bring any older schema to today's; a released step never changes.
///
/// Instants are seconds since 2001-01-01T00:00:00Z as REAL, which keeps every bit of a `Date`; nested
/// values are JSON with sorted keys; what is filtered or sorted is a column of its own, and the columns
/// that hold long texts come last, so that a scan need not follow their overflow pages.
enum Migrations {
  /// All steps, oldest first.
  static let all: [(name: String, sql: String)] = [("v1", v1), ("v2", v2), ("v3", v3)]

  /// The steps as GRDB runs them.
  static func migrator() -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for (name, sql) in all {
      migrator.registerMigration(name) { try $0.execute(sql: sql) }
    }
    return migrator
  }

  /// Brings a database up to date.
  ///
  /// - Throws: `ServiceError(.storage)` that names the steps only a newer version knows.
  static func run(on pool: DatabasePool, path: String) throws {
    let migrator = migrator()
    let known = Set(migrator.migrations)
    let newer = try pool.read { try migrator.appliedIdentifiers($0) }.subtracting(known).sorted()
    guard newer.isEmpty else {
      throw ServiceError(
        .storage,
        "\(path) was written by a newer version: it has the schema "
          + newer.map { "'\($0)'" }.joined(separator: ", ")
          + "; this version knows up to '\(migrator.migrations.last ?? "none")'. "
          + "Run the newer version, or name another data folder.")
    }
    try migrator.migrate(pool)
  }

  private static let v1 = """
    CREATE TABLE jobs (
      id TEXT NOT NULL PRIMARY KEY,
      revision INTEGER NOT NULL,
      state TEXT NOT NULL,
      strategy TEXT NOT NULL,
      dataset TEXT NOT NULL,
      priority INTEGER NOT NULL,
      created REAL NOT NULL,
      dataset_digest TEXT NOT NULL,
      phase TEXT,
      stop_reason TEXT,
      started REAL,
      finished REAL,
      spent_seconds REAL NOT NULL,
      best_trial INTEGER,
      best_search_accuracy REAL,
      digest TEXT,
      version INTEGER NOT NULL,
      trial_counts TEXT NOT NULL,
      numerics TEXT,
      final_plan TEXT,
      failure TEXT,
      request TEXT NOT NULL
    ) STRICT;
    CREATE INDEX jobs_by_created ON jobs(created, id);
    CREATE INDEX jobs_by_state ON jobs(state, created, id);
    CREATE INDEX jobs_by_strategy ON jobs(strategy, created, id);
    CREATE INDEX jobs_by_dataset ON jobs(dataset, created, id);

    CREATE TABLE job_labels (
      job TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
      label TEXT NOT NULL,
      PRIMARY KEY (job, label)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX job_labels_by_label ON job_labels(label, job);

    CREATE TABLE trials (
      job TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      state TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      search_accuracy REAL,
      parameters REAL,
      macs REAL,
      fingerprint TEXT,
      architecture TEXT,
      weights TEXT,
      fidelity REAL NOT NULL,
      parent INTEGER,
      started REAL,
      finished REAL,
      code TEXT NOT NULL,
      genotype TEXT NOT NULL,
      metrics TEXT NOT NULL,
      measured TEXT NOT NULL,
      failure TEXT,
      curve TEXT NOT NULL,
      PRIMARY KEY (job, number)
    ) STRICT;
    CREATE INDEX trials_by_accuracy ON trials(job, ifnull(-search_accuracy, 9e999), number);
    CREATE INDEX trials_by_parameters ON trials(job, ifnull(parameters, 9e999), number);
    CREATE INDEX trials_by_macs ON trials(job, ifnull(macs, 9e999), number);
    CREATE INDEX trials_by_architecture ON trials(architecture, number)
      WHERE architecture IS NOT NULL;
    CREATE INDEX trials_by_weights ON trials(weights) WHERE weights IS NOT NULL;

    CREATE TABLE final_runs (
      job TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
      stage TEXT NOT NULL,
      trial INTEGER NOT NULL,
      repetition INTEGER NOT NULL,
      state TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      fingerprint TEXT NOT NULL,
      weights TEXT,
      metrics TEXT NOT NULL,
      measured TEXT NOT NULL,
      failure TEXT,
      curve TEXT NOT NULL,
      PRIMARY KEY (job, stage, trial, repetition)
    ) STRICT;
    CREATE INDEX final_runs_by_weights ON final_runs(weights) WHERE weights IS NOT NULL;

    CREATE TABLE events (
      job TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
      sequence INTEGER NOT NULL,
      kind TEXT NOT NULL,
      at REAL NOT NULL,
      payload TEXT NOT NULL,
      PRIMARY KEY (job, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE strategy_states (
      job TEXT NOT NULL PRIMARY KEY REFERENCES jobs(id) ON DELETE CASCADE,
      state BLOB NOT NULL
    ) STRICT;

    CREATE TABLE datasets (
      id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      is_built_in INTEGER NOT NULL,
      format TEXT NOT NULL,
      state TEXT NOT NULL,
      digest TEXT,
      created REAL NOT NULL,
      options TEXT NOT NULL,
      files TEXT NOT NULL,
      content TEXT
    ) STRICT;
    CREATE INDEX datasets_by_created ON datasets(created, id);

    CREATE TABLE idempotent_replies (
      key TEXT NOT NULL PRIMARY KEY,
      request_digest TEXT NOT NULL,
      status INTEGER NOT NULL,
      location TEXT,
      body TEXT NOT NULL,
      created REAL NOT NULL
    ) STRICT;
    CREATE INDEX idempotent_replies_by_created ON idempotent_replies(created);
    """

  private static let v2 = """
    ALTER TABLE trials ADD COLUMN is_random INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE trials ADD COLUMN is_reevaluation INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE trials ADD COLUMN cached_from INTEGER;
    ALTER TABLE jobs ADD COLUMN repeated_trials INTEGER NOT NULL DEFAULT 0;
    """

  private static let v3 = """
    ALTER TABLE trials ADD COLUMN is_probe INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE trials ADD COLUMN scores TEXT;

    CREATE TABLE supernet_runs (
      job TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
      round INTEGER NOT NULL,
      state TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      metrics TEXT NOT NULL,
      measured TEXT NOT NULL,
      failure TEXT,
      warnings TEXT NOT NULL,
      strengths TEXT NOT NULL,
      candidates TEXT NOT NULL,
      curve TEXT NOT NULL,
      PRIMARY KEY (job, round)
    ) STRICT;
    """
}
