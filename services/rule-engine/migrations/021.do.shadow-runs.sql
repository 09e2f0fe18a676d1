-- Versions that run in the shadow of the version in force of their rule. Such a version is in rule_versions from its beginning; it is rules.version once it is promoted.
CREATE TABLE shadow_runs (
  project text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL,
  -- rules.version when it began.
  based_on integer NOT NULL,
  -- The last editor of the draft that it was made of, who cannot approve of it.
  edited_by text NOT NULL,
  edited_by_id text NOT NULL,
  started_by text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  -- When its features were filled: from then on partitions ask it. NULL until then.
  running_since timestamptz,
  ended_at timestamptz,
  ended_by text,
  -- 'promoted' or 'ended'; NULL while it runs.
  outcome text CHECK (outcome IN ('promoted', 'ended')),
  -- Why it ended, in words, where nobody asked for that.
  note text,
  CHECK ((outcome IS NULL) = (ended_at IS NULL)),
  PRIMARY KEY (project, id, version),
  FOREIGN KEY (project, id, version) REFERENCES rule_versions (project, id, version)
);
-- A rule has one at a time.
CREATE UNIQUE INDEX shadow_runs_running ON shadow_runs (project, id) WHERE ended_at IS NULL;

CREATE TABLE shadow_approvals (
  project text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL,
  approved_by_id text NOT NULL,
  approved_by text NOT NULL,
  approved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project, id, version, approved_by_id),
  FOREIGN KEY (project, id, version) REFERENCES shadow_runs (project, id, version)
);
