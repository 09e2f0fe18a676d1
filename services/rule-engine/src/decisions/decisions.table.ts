/**
 * Every decision once, with its trace. Repeats (the landing is at least once) fall together by the sorting key, which is made
 * of what never changes about a decision. Time to live counts from the event's receipt.
 */
export const decisionsTable = (keepMonths: number): readonly string[] => [
  'CREATE DATABASE IF NOT EXISTS rule_engine',
  `CREATE TABLE IF NOT EXISTS rule_engine.decisions
(
  project LowCardinality(String),
  received_at DateTime64(3, 'UTC'),
  id String,
  rule_id LowCardinality(String),
  rule_name LowCardinality(String),
  rule_version UInt32,
  severity LowCardinality(String),
  alert Bool,
  shadow Bool DEFAULT false,
  outcome_type LowCardinality(String),
  outcome String,
  subject String,
  event_id String,
  event_source LowCardinality(String),
  event_type LowCardinality(String),
  event_time DateTime64(3, 'UTC'),
  event_data String CODEC(ZSTD(1)),
  trace String CODEC(ZSTD(1)),
  accepted_at DateTime64(3, 'UTC'),
  decided_at DateTime64(3, 'UTC'),
  suppressed UInt32 DEFAULT 0,
  features String DEFAULT '' CODEC(ZSTD(1)),
  besides String DEFAULT '' CODEC(ZSTD(1)),
  key String DEFAULT '',
  held Bool DEFAULT false,
  INDEX by_id id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX by_subject subject TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_key key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (project, received_at, id)
TTL toDateTime(received_at) + INTERVAL ${keepMonths} MONTH
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000`,
  // Of tables that were made before them.
  'ALTER TABLE rule_engine.decisions ADD COLUMN IF NOT EXISTS suppressed UInt32 DEFAULT 0',
  "ALTER TABLE rule_engine.decisions ADD COLUMN IF NOT EXISTS features String DEFAULT '' CODEC(ZSTD(1))",
  'ALTER TABLE rule_engine.decisions ADD COLUMN IF NOT EXISTS shadow Bool DEFAULT false',
  "ALTER TABLE rule_engine.decisions ADD COLUMN IF NOT EXISTS besides String DEFAULT '' CODEC(ZSTD(1))",
  "ALTER TABLE rule_engine.decisions ADD COLUMN IF NOT EXISTS key String DEFAULT ''",
  'ALTER TABLE rule_engine.decisions ADD INDEX IF NOT EXISTS by_key key TYPE bloom_filter(0.01) GRANULARITY 1',
  'ALTER TABLE rule_engine.decisions ADD COLUMN IF NOT EXISTS held Bool DEFAULT false',
];
