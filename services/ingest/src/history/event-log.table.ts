/** Stands in `events_partition` of rows that an older build landed: where they stood on `<project>.events` is not known. */
export const NO_PLACE = 65_535;

export const EVENT_LOG = 'event_log';
export const DEAD_LETTER = 'dead_letter';

/**
 * The history of a project: every accepted event once. Repeats (the landing is at least once, and an outbox may send twice) fall
 * together by the sorting key; of them the row with the lowest offset stays, because the first copy on the topic is the one that
 * processors count. Time to live counts from the receipt, so that old events replayed today stay as long as today's.
 */
export const eventLogTable = (database: string, keepDays: number): string => `
CREATE TABLE IF NOT EXISTS ${database}.${EVENT_LOG}
(
  project LowCardinality(String),
  type LowCardinality(String),
  subject String,
  time DateTime64(3, 'UTC'),
  source LowCardinality(String),
  id String,
  received_at DateTime64(3, 'UTC'),
  accepted_at DateTime64(3, 'UTC'),
  data String CODEC(ZSTD(1)),
  events_partition UInt16 DEFAULT ${NO_PLACE},
  events_offset UInt64 DEFAULT 0,
  depth UInt8 DEFAULT 0,
  first_copy_wins UInt64 MATERIALIZED bitNot(events_offset)
)
ENGINE = ReplacingMergeTree(first_copy_wins)
PARTITION BY toYYYYMM(received_at)
ORDER BY (project, type, subject, time, source, id)
TTL toDateTime(received_at) + INTERVAL ${keepDays} DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000`;

/** Of a table that was made before rules emitted events. */
export const eventLogDepth = (database: string): string =>
  `ALTER TABLE ${database}.${EVENT_LOG} ADD COLUMN IF NOT EXISTS depth UInt8 DEFAULT 0`;

/** What a project's readers could not take, newest first by `at`; (partition, offset) of the dead-letter topic tells repeats. */
export const deadLetterTable = (database: string): string => `
CREATE TABLE IF NOT EXISTS ${database}.${DEAD_LETTER}
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
SETTINGS non_replicated_deduplication_window = 1000`;
