-- A feature's identity, and which of its versions count. Content is in feature_versions.
CREATE TABLE features (
  project text NOT NULL,
  id text NOT NULL,
  -- Raised by everything that a person changes about the feature; its ETag.
  revision integer NOT NULL DEFAULT 1,
  -- Changes that are not published yet. json, not jsonb: as the person wrote it.
  draft json,
  draft_by text,
  draft_at timestamptz,
  -- The highest version there ever was; 0 before the first.
  newest_version integer NOT NULL DEFAULT 0,
  -- The version that is answered.
  live_version integer,
  -- A newer one that is being filled from history.
  filling_version integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Set when the feature was archived; its versions stay. A later draft brings it back.
  archived_at timestamptz,
  PRIMARY KEY (project, id),
  CHECK ((draft IS NULL) = (draft_by IS NULL) AND (draft IS NULL) = (draft_at IS NULL)),
  CHECK (archived_at IS NULL OR (draft IS NULL AND live_version IS NULL AND filling_version IS NULL))
);

CREATE TABLE feature_versions (
  project text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL,
  -- Number of the version's state; never given twice in a project.
  slot integer NOT NULL,
  -- JSON of the contract's Feature, byte for byte as it is published.
  definition text NOT NULL,
  published_at timestamptz NOT NULL,
  published_by text NOT NULL,
  -- Since when it is answered.
  live_at timestamptz,
  -- Since when it does not count any more.
  replaced_at timestamptz,
  -- JSON of the contract's FillFigures.
  filled jsonb,
  PRIMARY KEY (project, id, version),
  UNIQUE (project, slot),
  FOREIGN KEY (project, id) REFERENCES features (project, id)
);

CREATE FUNCTION refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.project, OLD.id, OLD.version, OLD.slot, OLD.definition, OLD.published_at, OLD.published_by)
    IS NOT DISTINCT FROM (NEW.project, NEW.id, NEW.version, NEW.slot, NEW.definition, NEW.published_at, NEW.published_by)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a feature version never changes; publish a new one';
END
$$;
CREATE TRIGGER feature_versions_are_immutable BEFORE UPDATE OR DELETE ON feature_versions
  FOR EACH ROW EXECUTE FUNCTION refuse_version_change();

-- The last slot that was given.
CREATE TABLE slots (
  project text PRIMARY KEY,
  last integer NOT NULL
);

-- Whose changes go to <project>.profile-changes. A row that has expired counts until the sweep has deleted it, in one transaction with a
-- new revision: what is published under one revision never depends on the clock.
CREATE TABLE subscriptions (
  project text NOT NULL,
  -- A lease ends by itself; names of leases and of lasting subscriptions do not meet.
  is_lease boolean NOT NULL,
  id text NOT NULL,
  features text[] NOT NULL,
  created_by text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  PRIMARY KEY (project, is_lease, id),
  CHECK (is_lease = (expires_at IS NOT NULL))
);
CREATE INDEX subscriptions_by_end ON subscriptions (expires_at) WHERE is_lease;

-- Who changed what.
CREATE TABLE audit (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project text NOT NULL,
  -- 'feature' or 'subscription'
  kind text NOT NULL,
  id text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  by text NOT NULL,
  what text NOT NULL,
  version integer,
  before json,
  after json
);
CREATE INDEX audit_of ON audit (project, kind, id, number);

-- How far <project>.features has followed: behind while published_revision < revision.
CREATE TABLE publication_state (
  project text PRIMARY KEY,
  -- Counts the project's changes; raised in the same transaction as each.
  revision bigint NOT NULL,
  -- The revision that Kafka has acknowledged.
  published_revision bigint NOT NULL DEFAULT 0
);
CREATE INDEX publication_state_behind ON publication_state (project) WHERE published_revision < revision;

-- Subjects whose data were to be deleted, and what each store has reported about it.
CREATE TABLE erasures (
  id text PRIMARY KEY,
  project text NOT NULL,
  -- SHA-256, hex.
  subject_hash text NOT NULL,
  -- Forgotten when every store has reported.
  subject text,
  erased_at timestamptz NOT NULL,
  requested_by text NOT NULL,
  reports jsonb NOT NULL DEFAULT '[]',
  completed_at timestamptz
);
CREATE INDEX erasures_of_subject ON erasures (project, subject_hash);
CREATE INDEX erasures_under_way ON erasures (project) WHERE completed_at IS NULL;
