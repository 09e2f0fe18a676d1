-- A receiver that is told no alerts is called by rules only.
ALTER TABLE webhook ADD COLUMN alerts boolean NOT NULL DEFAULT true;

-- A webhook that an action of a rule calls is a notification without an alert: it has the same queue, attempts and verdicts.
ALTER TABLE notification
  ALTER COLUMN alert_id DROP NOT NULL,
  -- Null where the rule names a webhook that the project does not have; then it has failed from the start.
  ALTER COLUMN webhook_id DROP NOT NULL,
  DROP CONSTRAINT notification_moment_check,
  ADD CONSTRAINT notification_moment_check CHECK (moment IN ('firing', 'resolved', 'action')),
  ADD COLUMN decision_id text,
  -- What is sent, but for the instant and the signature: {"call", "timings"} as JSON.
  ADD COLUMN content text,
  ADD CONSTRAINT notification_tells CHECK ((moment = 'action') = (alert_id IS NULL) AND (moment = 'action') = (content IS NOT NULL));
CREATE INDEX notification_calls ON notification (project, created_at DESC, id) WHERE moment = 'action';
CREATE INDEX notification_calls_of_decision ON notification (project, decision_id) WHERE moment = 'action';
