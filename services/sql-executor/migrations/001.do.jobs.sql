CREATE TABLE jobs (
  id text PRIMARY KEY,
  project text NOT NULL,
  name text NOT NULL,
  -- The newest version.
  version integer NOT NULL,
  -- What a person wants; the service brings it about again after every crash.
  desired text NOT NULL DEFAULT 'stopped' CHECK (desired IN ('running', 'stopped')),
  -- The version that runs, or ran last: a change of the text takes effect with the next start.
  run_version integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);
CREATE UNIQUE INDEX jobs_by_name ON jobs (project, name) WHERE deleted_at IS NULL;

CREATE TABLE job_versions (
  job text NOT NULL REFERENCES jobs (id),
  version integer NOT NULL,
  sql text NOT NULL,
  checkpoint_interval_ms integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  PRIMARY KEY (job, version)
);

-- One execution of a version, with the checkpoints that belong together. Stopping and starting again goes on with it.
CREATE TABLE runs (
  id text PRIMARY KEY,
  job text NOT NULL REFERENCES jobs (id),
  version integer NOT NULL,
  -- Counts the processes that have run it; a process with a lower one can write no checkpoint.
  epoch integer NOT NULL DEFAULT 0,
  state text NOT NULL,
  reason text,
  started_at timestamptz NOT NULL DEFAULT now(),
  rows_read bigint NOT NULL DEFAULT 0,
  rows_written bigint NOT NULL DEFAULT 0,
  late_rows bigint NOT NULL DEFAULT 0,
  last_checkpoint integer,
  last_checkpoint_at timestamptz,
  UNIQUE (job, version)
);
