-- Counts all changes of lists, of all projects: neither a revision nor a number is ever given twice.
CREATE SEQUENCE list_revisions AS integer;
CREATE SEQUENCE list_numbers AS integer;

CREATE TABLE lists (
  -- Of its entries and its buckets; a list that is made anew under the same id has another.
  number integer PRIMARY KEY DEFAULT nextval('list_numbers'),
  project text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  description text,
  -- Another with every change of its entries.
  revision integer NOT NULL DEFAULT nextval('list_revisions'),
  entries integer NOT NULL DEFAULT 0,
  changed_at timestamptz NOT NULL DEFAULT now(),
  changed_by text NOT NULL,
  -- The revision that Kafka has acknowledged; 0: none.
  published_revision integer NOT NULL DEFAULT 0,
  -- Set when it was deleted, until Kafka has acknowledged that.
  deleted_at timestamptz
);
CREATE UNIQUE INDEX lists_by_id ON lists (project, id) WHERE deleted_at IS NULL;

CREATE TABLE list_entries (
  list integer NOT NULL REFERENCES lists (number),
  entry text COLLATE "C" NOT NULL,
  -- By the entry's hash (contracts: list-bucket).
  bucket smallint NOT NULL,
  PRIMARY KEY (list, entry)
);
CREATE INDEX list_entries_by_bucket ON list_entries (list, bucket);

-- When which bucket changed: those that changed since the revision that was published are published anew.
CREATE TABLE list_buckets (
  list integer NOT NULL REFERENCES lists (number),
  bucket smallint NOT NULL,
  revision integer NOT NULL,
  PRIMARY KEY (list, bucket)
);

-- Entries of uploads that are under way. What is lost in a crash was not taken up anyhow.
CREATE UNLOGGED TABLE list_uploads (
  upload uuid NOT NULL,
  entry text COLLATE "C" NOT NULL,
  bucket smallint NOT NULL,
  uploaded_at timestamptz NOT NULL DEFAULT now()
);

-- Which version of a rule asks which list.
CREATE TABLE rule_lists (
  project text NOT NULL,
  rule_id text NOT NULL,
  rule_version integer NOT NULL,
  list_id text NOT NULL,
  PRIMARY KEY (project, rule_id, rule_version, list_id),
  FOREIGN KEY (project, rule_id, rule_version) REFERENCES rule_versions (project, id, version)
);
CREATE INDEX rule_lists_of ON rule_lists (project, list_id);

-- How far <project>.lists has followed, as publication_state says of <project>.rules.
CREATE TABLE list_publication_state (
  project text PRIMARY KEY,
  revision bigint NOT NULL,
  published_revision bigint NOT NULL DEFAULT 0
);
CREATE INDEX list_publication_state_behind ON list_publication_state (project) WHERE published_revision < revision;
