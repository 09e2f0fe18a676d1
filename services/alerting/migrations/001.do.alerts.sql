CREATE TABLE alert (
  id text PRIMARY KEY,
  -- Order of arrival: pages of the inbox go by it.
  number bigint GENERATED ALWAYS AS IDENTITY,
  project text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('decision', 'heartbeat', 'latency')),
  status text NOT NULL CHECK (status IN ('firing', 'resolved')),
  severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  severity_rank smallint NOT NULL,
  title text NOT NULL,
  detail text NOT NULL,
  subject text NOT NULL,
  decision_id text,
  rule_id text,
  started_at timestamptz NOT NULL,
  resolved_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  -- The way's instants; null for the platform's own alerts.
  received_at timestamptz,
  accepted_at timestamptz,
  decided_at timestamptz,
  alerted_at timestamptz
);
CREATE INDEX alert_inbox ON alert (project, number DESC);
CREATE INDEX alert_inbox_by_status ON alert (project, status, number DESC);

CREATE TABLE webhook (
  id text PRIMARY KEY,
  project text NOT NULL,
  url text NOT NULL,
  minimum_severity text NOT NULL CHECK (minimum_severity IN ('info', 'warning', 'critical')),
  minimum_rank smallint NOT NULL,
  secret text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Kept for the notifications that name it; a deleted receiver gets nothing any more.
  deleted_at timestamptz
);
CREATE INDEX webhook_of_project ON webhook (project) WHERE deleted_at IS NULL;

CREATE TABLE notification (
  -- <alert>.<webhook>.<moment>: the job's id in the queue and the receiver's idempotency key.
  id text PRIMARY KEY,
  alert_id text NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
  webhook_id text NOT NULL REFERENCES webhook (id),
  project text NOT NULL,
  moment text NOT NULL CHECK (moment IN ('firing', 'resolved')),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  last_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When the next attempt is due; the sweeper looks for pending ones whose instant has long passed.
  due_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
CREATE INDEX notification_of_alert ON notification (alert_id);
CREATE INDEX notification_due ON notification (due_at) WHERE status = 'pending';

CREATE TABLE attempt (
  notification_id text NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
  number integer NOT NULL,
  at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  http_status integer,
  error text,
  PRIMARY KEY (notification_id, number)
);

-- What the watch over the platform knows, as JSON; one row.
CREATE TABLE watch (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  state text NOT NULL,
  saved_at timestamptz NOT NULL
);

-- Records of a decisions topic that are no decisions, as they came.
CREATE TABLE dead_letter (
  topic text NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  reason text NOT NULL,
  record_key bytea,
  record_value bytea,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, partition, record_offset, at)
);
