PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES('v1');
INSERT INTO grdb_migrations VALUES('v2');
INSERT INTO grdb_migrations VALUES('v3');
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
, repeated_trials INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO jobs VALUES('job_a',2,'running','random','digits',-3,800000000.12345671655,'18ac3e7343f016890c510e93f935261169d9e3f565436429830faf0934f4f8e4','final_training','budget_trials',800000000.22345674035,800000000.4567900896,0.3000000000000000444,2,0.98765432101234562622,'189f40034be7a199f1fa9891668ee3ab6049f82d38c68be70f596eab2e1857b7',7,'{"completed":3,"stopped_early":1}','{"engine_version":"1.0","isa":"avx512","threads":1}','{"samples_seen":3,"seeds":2,"shrunk_because":"time","top":1}','because','{"budget":{"max_seconds":12.5,"max_trials":40},"dataset":"digits","final":{"samples_seen":20000,"seeds":3,"top":3},"labels":["nightly","a b"],"name":"small \"and\" fast / 😀","objectives":[{"goal":"max","metric":"accuracy"},{"goal":"min","limit":2000000,"metric":"macs"}],"parallelism":4,"priority":-3,"seed":9007199254740991,"space":{"name":"nasbench201-cell","params":{"width":8}},"strategy":{"name":"random","params":{"deep":[1,null],"note":"nan","rate":0.1}},"task":"classification","trial":{"augmentation":["flip"],"batch_size":64,"decay":"cosine","learning_rate":0.1,"momentum":0.9,"nesterov":true,"optimizer":"sgd","samples_seen":5000,"weight_decay":0.0005}}',0);
CREATE TABLE job_labels (
  job TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  PRIMARY KEY (job, label)
) STRICT, WITHOUT ROWID;
INSERT INTO job_labels VALUES('job_a','a b');
INSERT INTO job_labels VALUES('job_a','nightly');
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
  curve TEXT NOT NULL, is_random INTEGER NOT NULL DEFAULT 0, is_reevaluation INTEGER NOT NULL DEFAULT 0, cached_from INTEGER, is_probe INTEGER NOT NULL DEFAULT 0, scores TEXT,
  PRIMARY KEY (job, number)
) STRICT;
INSERT INTO trials VALUES('job_a',1,'completed',1,0.3000000000000000444,1000.0,2000000.0,'a1-x','arch_a5e55396878d3674d','50e721e49c013f00c62cf59f2163542a9d8df02464efeb615d31051b0fddc326',0.25,NULL,800000000.12345671655,800000000.82345676423,'|nor_conv_3x3~0|','[3,0,null,1]','{"macs":2000000,"parameters":1000,"search_accuracy":0.30000000000000004}','{"train_seconds":0.1}',NULL,'[{"epoch":1,"metrics":{"train_loss":1,"validation_accuracy":0.30000000000000004},"seconds":0.1},{"epoch":2,"metrics":{"train_loss":0.5,"validation_accuracy":0.30000000000000004},"seconds":0.2},{"epoch":3,"metrics":{"train_loss":0.3333333333333333,"validation_accuracy":0.30000000000000004},"seconds":0.30000000000000004},{"epoch":4,"metrics":{"train_loss":0.25,"validation_accuracy":0.30000000000000004},"seconds":0.4},{"epoch":5,"metrics":{"train_loss":0.2,"validation_accuracy":0.30000000000000004},"seconds":0.5}]',0,0,NULL,0,NULL);
INSERT INTO trials VALUES('job_a',2,'diverged',0,NULL,NULL,NULL,NULL,NULL,NULL,0.25,NULL,NULL,NULL,'|nor_conv_3x3~0|','[3,0,null,2]','{}','{"train_seconds":"inf"}','loss is infinite','[{"epoch":1,"metrics":{"train_loss":null},"seconds":0.5}]',0,0,NULL,0,NULL);
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
INSERT INTO final_runs VALUES('job_a','test',1,2,'completed',0,'a1-x',NULL,'{"test_accuracy":0.97}','{}',NULL,'[]');
CREATE TABLE events (
  job TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  at REAL NOT NULL,
  payload TEXT NOT NULL,
  PRIMARY KEY (job, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES('job_a',1,'job.state',800000000.12345671655,'{"state":"queued"}');
INSERT INTO events VALUES('job_a',2,'log',800000000.12345671655,'{"message":"hi"}');
CREATE TABLE strategy_states (
  job TEXT NOT NULL PRIMARY KEY REFERENCES jobs(id) ON DELETE CASCADE,
  state BLOB NOT NULL
) STRICT;
INSERT INTO strategy_states VALUES('job_a',X'0102ff');
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
INSERT INTO datasets VALUES('ds_mine','mine',0,'csv','sealed','2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6',800000000.12345671655,'{"class_names":["0","1"],"shape":{"channels":1,"height":8,"width":8},"test_fraction":0.2,"test_seed":0}','[{"part":"train","sha256":"252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111","size_bytes":12}]','{"classes":["x","y"],"deviation":0.3333333333333333,"digest":"2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6","licence":"CC0","maximum":0.1,"mean":0.3,"minimum":-1.5,"shape":{"channels":4,"height":1,"width":1},"sizeBytes":1234,"source":"made","testCounts":[10,10],"testRows":20,"testSplit":"held out","trainCounts":[40,40],"trainRows":80,"validationFraction":0.25}');
CREATE TABLE idempotent_replies (
  key TEXT NOT NULL PRIMARY KEY,
  request_digest TEXT NOT NULL,
  status INTEGER NOT NULL,
  location TEXT,
  body TEXT NOT NULL,
  created REAL NOT NULL
) STRICT;
INSERT INTO idempotent_replies VALUES('k','44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',201,'/v1/jobs/job_a','{}',800000000.12345671655);
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
INSERT INTO supernet_runs VALUES('job_a',1,'completed',2,'{"alpha_entropy":0.30000000000000004}','{"child_seconds_per_sample":1e-05}',NULL,'["skips win"]','{"normal/0-2":[0.25,0.75]}','[{"genotype":[1,null],"metrics":{"search_accuracy":0.5},"purposes":["derived","probe"]}]','[{"epoch":1,"metrics":{"train_loss":null},"seconds":0.5}]');
CREATE INDEX jobs_by_created ON jobs(created, id);
CREATE INDEX jobs_by_state ON jobs(state, created, id);
CREATE INDEX jobs_by_strategy ON jobs(strategy, created, id);
CREATE INDEX jobs_by_dataset ON jobs(dataset, created, id);
CREATE INDEX job_labels_by_label ON job_labels(label, job);
CREATE INDEX trials_by_accuracy ON trials(job, ifnull(-search_accuracy, 9e999), number);
CREATE INDEX trials_by_parameters ON trials(job, ifnull(parameters, 9e999), number);
CREATE INDEX trials_by_macs ON trials(job, ifnull(macs, 9e999), number);
CREATE INDEX trials_by_architecture ON trials(architecture, number)
  WHERE architecture IS NOT NULL;
CREATE INDEX trials_by_weights ON trials(weights) WHERE weights IS NOT NULL;
CREATE INDEX final_runs_by_weights ON final_runs(weights) WHERE weights IS NOT NULL;
CREATE INDEX datasets_by_created ON datasets(created, id);
CREATE INDEX idempotent_replies_by_created ON idempotent_replies(created);
COMMIT;
