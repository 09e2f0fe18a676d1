-- By which rules are found that fire on the same events.
ALTER TABLE rule_versions
  -- Of its event types and its condition, however they are written. NULL for versions from before this file, which are not found.
  ADD COLUMN condition_hash text;
CREATE INDEX rule_versions_same_condition ON rule_versions (project, condition_hash) WHERE condition_hash IS NOT NULL;
