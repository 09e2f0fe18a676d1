-- What is kept about a version beside its content. Versions from before this file have no summary.
ALTER TABLE rule_versions
  -- In words, what it changes.
  ADD COLUMN summary text,
  -- Who approved the draft that it was made of.
  ADD COLUMN approved_by text[] NOT NULL DEFAULT '{}',
  -- The version whose content was published again.
  ADD COLUMN rolled_back_to integer;

-- Never given twice, so that an ETag of a draft that is gone fits none that comes after it.
CREATE SEQUENCE draft_revisions AS integer;

-- Changes that are not published yet; a rule that never was has nothing else.
CREATE TABLE drafts (
  project text NOT NULL,
  id text NOT NULL,
  -- Another with every change; its ETag.
  revision integer NOT NULL DEFAULT nextval('draft_revisions'),
  -- json, not jsonb: as the person wrote it.
  draft json NOT NULL,
  -- The rule's newest version when the draft was saved; 0 before the first.
  based_on integer NOT NULL,
  -- SHA-256 of the draft and of what it is based on, hex: what is approved and what is scheduled.
  hash text NOT NULL,
  -- The last editor: the e-mail for people, the id to tell one person from another.
  saved_by text NOT NULL,
  saved_by_id text NOT NULL,
  saved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project, id)
);

CREATE TABLE approvals (
  project text NOT NULL,
  id text NOT NULL,
  approved_by_id text NOT NULL,
  approved_by text NOT NULL,
  -- Of the draft.
  hash text NOT NULL,
  approved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project, id, approved_by_id),
  FOREIGN KEY (project, id) REFERENCES drafts (project, id) ON DELETE CASCADE
);

-- Drafts that are to be published by themselves; the row goes with its draft.
CREATE TABLE schedules (
  project text NOT NULL,
  id text NOT NULL,
  publish_at timestamptz NOT NULL,
  -- Of the draft that was scheduled; another is not published.
  hash text NOT NULL,
  scheduled_by text NOT NULL,
  scheduled_at timestamptz NOT NULL DEFAULT now(),
  -- Why it could not be published at its time, for people; NULL while it waits.
  failure text,
  PRIMARY KEY (project, id),
  FOREIGN KEY (project, id) REFERENCES drafts (project, id) ON DELETE CASCADE
);
CREATE INDEX schedules_waiting ON schedules (publish_at) WHERE failure IS NULL;

-- A project's wishes; without a row it has none.
CREATE TABLE settings (
  project text PRIMARY KEY,
  -- Nothing is published that nobody but its last editor has approved.
  four_eyes boolean NOT NULL DEFAULT false
);

-- Who changed what.
CREATE TABLE audit (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project text NOT NULL,
  -- 'rule' or 'settings'
  kind text NOT NULL,
  id text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  by text NOT NULL,
  what text NOT NULL,
  version integer,
  before json,
  after json,
  -- What is to be said besides, in words.
  note text
);
CREATE INDEX audit_of ON audit (project, kind, id, number);
CREATE INDEX audit_of_project ON audit (project, number);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a line of the audit never changes';
END
$$;
CREATE TRIGGER audit_is_immutable BEFORE UPDATE OR DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
