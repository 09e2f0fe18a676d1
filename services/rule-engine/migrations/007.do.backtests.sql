-- Runs of rules over the past. Each is kept for 30 days.
CREATE TABLE backtests (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project text NOT NULL,
  -- NULL: of a rule that is not there yet.
  rule_id text,
  -- What was tried: a version; NULL: a draft.
  version integer,
  -- What it goes by, whatever becomes of the rules meanwhile. json, not jsonb: as the person wrote it.
  setting json NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  -- Which process runs it, and until when the others take it to be alive.
  owner uuid,
  leased_until timestamptz,
  -- How often a process has begun it.
  attempts integer NOT NULL DEFAULT 0,
  progress json,
  -- Without samples and subjects.
  result json,
  -- Why it failed: a code and a sentence.
  problem json
);
CREATE INDEX backtests_of_project ON backtests (project, requested_at);
CREATE INDEX backtests_to_run ON backtests (requested_at) WHERE state IN ('waiting', 'running');

-- What a result says of subjects, apart from it: an erasure deletes it.
CREATE TABLE backtest_samples (
  backtest uuid NOT NULL REFERENCES backtests (id) ON DELETE CASCADE,
  project text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('more', 'fewer', 'same', 'subject')),
  position integer NOT NULL,
  subject text NOT NULL,
  -- The time of the event; of a subject's figures the end of the span.
  at timestamptz NOT NULL,
  sample json NOT NULL,
  PRIMARY KEY (backtest, kind, position)
);
CREATE INDEX backtest_samples_of_subject ON backtest_samples (project, subject);
