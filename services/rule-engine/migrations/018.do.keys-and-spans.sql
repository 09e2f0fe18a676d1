-- Whom else than its subject a line is about: the key that the rule goes by; NULL: none.
ALTER TABLE reviews ADD COLUMN key text;
ALTER TABLE feedback ADD COLUMN key text;
ALTER TABLE backtest_samples ADD COLUMN key text;
-- PostgreSQL fails where it has to unfold "\u0000" or half a character; of such a review the key stays unknown.
UPDATE reviews SET key = decision::json->>'key' WHERE decision IS NOT NULL AND decision !~* '\\u(0000|d[89a-f])';
CREATE INDEX reviews_of_key ON reviews (project, key) WHERE key IS NOT NULL;
CREATE INDEX feedback_of_key ON feedback (project, key) WHERE key IS NOT NULL;
CREATE INDEX backtest_samples_of_key ON backtest_samples (project, key) WHERE key IS NOT NULL;

-- What lists show of a setting, which cannot be taken out of one that says "\u0000".
ALTER TABLE backtests
  ADD COLUMN live_version integer,
  ADD COLUMN span_from text,
  ADD COLUMN span_to text,
  -- When a process last began it.
  ADD COLUMN started_at timestamptz;
UPDATE backtests SET
  span_from = substring(setting::text FROM '"from":"([^"]+)","to":"[^"]+"\}$'),
  span_to = substring(setting::text FROM '"to":"([^"]+)"\}$'),
  live_version = CASE WHEN setting::text !~* '\\u(0000|d[89a-f])' THEN (setting->'live'->>'version')::integer END;
-- Such as no build has written.
DELETE FROM backtests WHERE span_from IS NULL OR span_to IS NULL;
ALTER TABLE backtests ALTER COLUMN span_from SET NOT NULL, ALTER COLUMN span_to SET NOT NULL;
