-- For whom a rule does not fire for a while.
CREATE SEQUENCE snooze_revisions AS integer;

CREATE TABLE snoozes (
  project text NOT NULL,
  rule_id text NOT NULL,
  -- SHA-256 of the key, hex: the key itself may be a person's, who wants to be forgotten.
  key_hash text NOT NULL,
  until timestamptz NOT NULL,
  note text,
  snoozed_at timestamptz NOT NULL DEFAULT now(),
  snoozed_by text NOT NULL,
  PRIMARY KEY (project, rule_id, key_hash)
);
CREATE INDEX snoozes_over ON snoozes (until);

-- Another number with every change of a rule's snoozes: what is published under it never changes.
CREATE TABLE snoozed_rules (
  project text NOT NULL,
  rule_id text NOT NULL,
  revision integer NOT NULL,
  PRIMARY KEY (project, rule_id)
);
