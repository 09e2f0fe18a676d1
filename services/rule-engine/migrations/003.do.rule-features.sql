-- Features as rules ask for them: what they were published as. A definition never changes.
CREATE TABLE named_features (
  project text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL,
  definition json NOT NULL,
  PRIMARY KEY (project, id, version)
);

-- Which version of a rule asks for which.
CREATE TABLE rule_features (
  project text NOT NULL,
  rule_id text NOT NULL,
  rule_version integer NOT NULL,
  feature_id text NOT NULL,
  feature_version integer NOT NULL,
  PRIMARY KEY (project, rule_id, rule_version, feature_id, feature_version),
  FOREIGN KEY (project, rule_id, rule_version) REFERENCES rule_versions (project, id, version),
  FOREIGN KEY (project, feature_id, feature_version) REFERENCES named_features (project, id, version)
);

CREATE INDEX rule_features_of ON rule_features (project, feature_id, feature_version);

-- Never given twice: what is counted anew has a state of its own, since that of the one before has a gap.
CREATE SEQUENCE feature_slots AS integer;

-- Features that the partitions count, because a rule that is in force, or is to be, asks for them.
CREATE TABLE counted_features (
  project text NOT NULL,
  slot integer NOT NULL DEFAULT nextval('feature_slots'),
  id text NOT NULL,
  version integer NOT NULL,
  counted_at timestamptz NOT NULL DEFAULT now(),
  -- When every partition had filled it from history; NULL until then.
  filled_at timestamptz,
  -- Since when no rule asks for it; it is counted on for a while.
  released_at timestamptz,
  PRIMARY KEY (project, slot),
  UNIQUE (project, id, version),
  FOREIGN KEY (project, id, version) REFERENCES named_features (project, id, version)
);
CREATE INDEX counted_features_filling ON counted_features (project) WHERE filled_at IS NULL;

ALTER TABLE rules
  -- The version that is in force: the newest one, or, until the features are filled that this one asks for, one before it. NULL: none.
  ADD COLUMN live_version integer;
UPDATE rules SET live_version = version WHERE deleted_at IS NULL;
