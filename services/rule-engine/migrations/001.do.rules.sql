-- A rule's identity; its content is in rule_versions.
CREATE TABLE rules (
  project text NOT NULL,
  id text NOT NULL,
  -- The newest version, which is the published one.
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Set when the rule was deleted; its versions stay, because decisions name them. A later PUT brings the rule back.
  deleted_at timestamptz,
  PRIMARY KEY (project, id)
);

CREATE TABLE rule_versions (
  project text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL,
  -- json, not jsonb: as the person wrote it.
  draft json NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  published_by text NOT NULL,
  PRIMARY KEY (project, id, version),
  FOREIGN KEY (project, id) REFERENCES rules (project, id) DEFERRABLE INITIALLY DEFERRED
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a rule version never changes; publish a new one';
END
$$;
CREATE TRIGGER rule_versions_are_immutable BEFORE UPDATE OR DELETE ON rule_versions
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- How far <project>.rules has followed: behind while published_revision < revision.
CREATE TABLE publication_state (
  project text PRIMARY KEY,
  -- Counts the project's changes; raised in the same transaction as each.
  revision bigint NOT NULL,
  -- The revision that Kafka has acknowledged.
  published_revision bigint NOT NULL DEFAULT 0
);
CREATE INDEX publication_state_behind ON publication_state (project) WHERE published_revision < revision;
