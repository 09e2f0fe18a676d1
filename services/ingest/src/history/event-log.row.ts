import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { DEAD_LETTER_HEADERS, EVENT_HEADERS, HermesEvent } from '@hermes/contracts/event';

/** A row of `ingest.event_log`, in JSONEachRow. */
export interface EventLogRow {
  readonly project: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly source: string;
  readonly id: string;
  readonly received_at: string;
  readonly accepted_at: string;
  /** JSON text. */
  readonly data: string;
  /** Where the event stands on `<project>.events`: of two copies of an event the table keeps the first. */
  readonly events_partition: number;
  readonly events_offset: number;
  /** `hermesdepth` of an event that a rule emitted; 0 of any other. */
  readonly depth: number;
}

/** A row of `ingest.dead_letter`, in JSONEachRow. */
export interface DeadLetterRow {
  readonly project: string;
  readonly at: string;
  readonly dlq_partition: number;
  readonly dlq_offset: number;
  readonly code: string;
  readonly reason: string;
  readonly came_from: string;
  readonly subject: string;
  readonly value: string;
}

/** A record of `<project>.events` as a row; undefined for what is not an event (only ingest writes there). */
export function eventLogRow(record: KafkaRecord): EventLogRow | undefined {
  const event = readEvent(record);
  if (event === undefined) return undefined;
  return {
    project: event.project,
    type: event.type,
    subject: event.subject,
    time: event.time,
    source: event.source,
    id: event.id,
    received_at: event.receivedat,
    accepted_at: record.headers[EVENT_HEADERS.acceptedAt]?.toString() ?? event.receivedat,
    data: JSON.stringify(event.data),
    events_partition: record.partition,
    events_offset: record.offset,
    depth: event.hermesdepth ?? 0,
  };
}

function readEvent(record: KafkaRecord): HermesEvent | undefined {
  try {
    return HermesEvent.safeParse(JSON.parse(record.value?.toString() ?? '')).data;
  } catch {
    return undefined;
  }
}

/** A record of `<project>.events.dlq` as a row. */
export function deadLetterRow(record: KafkaRecord, project: string): DeadLetterRow {
  const header = (name: string): string => record.headers[name]?.toString() ?? '';
  return {
    project,
    at: header(DEAD_LETTER_HEADERS.at) || new Date(record.timestampMs).toISOString(),
    dlq_partition: record.partition,
    dlq_offset: record.offset,
    code: header(DEAD_LETTER_HEADERS.code),
    reason: header(DEAD_LETTER_HEADERS.reason),
    came_from: header(DEAD_LETTER_HEADERS.from),
    subject: record.key?.toString() ?? '',
    value: record.value?.toString() ?? '',
  };
}

/** ClickHouse's `2026-01-31 08:00:00.123` (UTC) as ISO 8601. */
export const utc = (time: string): string => `${time.replace(' ', 'T')}Z`;
