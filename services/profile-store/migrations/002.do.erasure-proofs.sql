-- What an erasure needs to be published, to be forgotten, and to be proven.
ALTER TABLE erasures
  ADD COLUMN reason text,
  -- When a record of it, or of a later erasure of the subject, was last put on <project>.erasures.
  ADD COLUMN announced_at timestamptz,
  -- When what stands there no longer named the subject for its sake.
  ADD COLUMN forgotten_at timestamptz,
  -- Place in the project's chain of complete erasures, from 1.
  ADD COLUMN chain_number integer,
  -- What it does not reach, as it was said when it was complete: JSON of the contract's ErasureLimits.
  ADD COLUMN limits jsonb,
  -- Digest of the erasure before it in the chain.
  ADD COLUMN previous text,
  ADD COLUMN digest text,
  ADD CONSTRAINT erasures_complete CHECK (
    (completed_at IS NULL) = (chain_number IS NULL) AND (completed_at IS NULL) = (digest IS NULL)
    AND (completed_at IS NULL) = (limits IS NULL) AND (completed_at IS NULL) = (subject IS NOT NULL)
  );
CREATE UNIQUE INDEX erasures_chain ON erasures (project, chain_number);
CREATE INDEX erasures_by_time ON erasures (project, erased_at DESC, id DESC);
CREATE INDEX erasures_unforgotten ON erasures (project, subject_hash) WHERE forgotten_at IS NULL;
