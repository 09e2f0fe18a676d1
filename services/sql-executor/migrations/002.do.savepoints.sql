-- A version may have several runs: the first, and one for each start from a savepoint. The newest goes on.
ALTER TABLE runs ADD COLUMN number integer NOT NULL DEFAULT 1;
ALTER TABLE runs DROP CONSTRAINT runs_job_version_key;
ALTER TABLE runs ADD UNIQUE (job, version, number);
-- What it begins from, while it has no checkpoint of its own.
ALTER TABLE runs ADD COLUMN savepoint text;
ALTER TABLE runs ADD COLUMN allow_non_restored_state boolean NOT NULL DEFAULT false;

-- Who did what with savepoints.
CREATE TABLE audit (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project text NOT NULL,
  job text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  by text NOT NULL,
  -- 'savepoint-taken', 'stopped-with-savepoint', 'started-from-savepoint' or 'savepoint-deleted'
  what text NOT NULL,
  savepoint text NOT NULL,
  run text NOT NULL
);
CREATE INDEX audit_of ON audit (project, job, number);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a line of the audit never changes';
END
$$;
CREATE TRIGGER audit_is_immutable BEFORE UPDATE OR DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
