-- Decisions that wait, or waited, for a person.
CREATE TABLE reviews (
  project text NOT NULL,
  decision_id text NOT NULL,
  rule_id text NOT NULL,
  rule_version integer NOT NULL,
  subject text NOT NULL,
  -- Of the event that was decided on: erasures go by the first, figures by the second.
  event_time timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  held_at timestamptz NOT NULL,
  -- As JSON; NULL once there is nothing more to do about it. text: it is sent on as it was.
  decision text,
  -- 'release', 'refuse'; NULL while it waits.
  verdict text,
  reviewed_by text,
  reviewed_at timestamptz,
  note text,
  -- When Kafka had what was released.
  sent_at timestamptz,
  PRIMARY KEY (project, decision_id)
);
CREATE INDEX reviews_listed ON reviews (project, held_at DESC, decision_id DESC);
CREATE INDEX reviews_of_rule ON reviews (project, rule_id, received_at);
CREATE INDEX reviews_of_subject ON reviews (project, subject);
CREATE INDEX reviews_to_send ON reviews (reviewed_at) WHERE verdict = 'release' AND sent_at IS NULL;

-- What people say of decisions: each person's last word.
CREATE TABLE feedback (
  project text NOT NULL,
  decision_id text NOT NULL,
  -- Tells one person from another, whatever becomes of the e-mail.
  by_id text NOT NULL,
  by text NOT NULL,
  -- 'right', 'wrong'
  verdict text NOT NULL,
  note text,
  at timestamptz NOT NULL DEFAULT now(),
  rule_id text NOT NULL,
  rule_version integer NOT NULL,
  subject text NOT NULL,
  event_time timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (project, decision_id, by_id)
);
CREATE INDEX feedback_of_rule ON feedback (project, rule_id, received_at);
CREATE INDEX feedback_of_subject ON feedback (project, subject);
