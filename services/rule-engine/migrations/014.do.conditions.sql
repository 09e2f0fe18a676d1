-- Conditions that rules take into them by name; what one said is in its versions.
CREATE TABLE conditions (
  project text NOT NULL,
  id text NOT NULL,
  -- The newest one.
  version integer NOT NULL,
  -- Set when it was deleted; its versions stay, because rules name them, and count on.
  deleted_at timestamptz,
  PRIMARY KEY (project, id)
);

CREATE TABLE condition_versions (
  project text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL,
  name text NOT NULL,
  description text,
  -- As it was written, its times placed in the project's time zone, with what the conditions said then that it names.
  conditions json NOT NULL,
  saved_at timestamptz NOT NULL DEFAULT now(),
  saved_by text NOT NULL,
  PRIMARY KEY (project, id, version),
  FOREIGN KEY (project, id) REFERENCES conditions (project, id)
);
CREATE TRIGGER condition_versions_are_immutable BEFORE UPDATE OR DELETE ON condition_versions
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
