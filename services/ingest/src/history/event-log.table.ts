/**
 * The history of a project: every accepted event once. Repeats (the landing is at least once) fall together by the sorting
 * key. Time to live counts from the receipt, so that old events replayed today stay as long as today's.
 */
export const eventLogTable = (keepDays: number): readonly string[] => [
  'CREATE DATABASE IF NOT EXISTS ingest',
  `CREATE TABLE IF NOT EXISTS ingest.event_log
(
  project LowCardinality(String),
  type LowCardinality(String),
  subject String,
  time DateTime64(3, 'UTC'),
  source LowCardinality(String),
  id String,
  received_at DateTime64(3, 'UTC'),
  accepted_at DateTime64(3, 'UTC'),
  data String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (project, type, subject, time, source, id)
TTL toDateTime(received_at) + INTERVAL ${keepDays} DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000`,
];

/** What a project's readers could not take, newest first by `at`; (partition, offset) of the dead-letter topic tells repeats. */
export const DEAD_LETTER_TABLE: readonly string[] = [
  'CREATE DATABASE IF NOT EXISTS ingest',
  `CREATE TABLE IF NOT EXISTS ingest.dead_letter
(
  project LowCardinality(String),
  at DateTime64(3, 'UTC'),
  dlq_partition UInt32,
  dlq_offset UInt64,
  code LowCardinality(String),
  reason String,
  came_from String,
  subject String,
  value String CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (project, at, dlq_partition, dlq_offset)
TTL toDateTime(at) + INTERVAL 14 DAY
SETTINGS non_replicated_deduplication_window = 1000`,
];
