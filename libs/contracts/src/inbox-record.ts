import { EVENT_HEADERS, type HermesEvent } from './event.ts';
import { inboxTopic } from './topics.ts';

/** Largest event, as JSON in UTF-8; Segment has the same limit. Larger would not fit a processor's step. */
export const MAX_EVENT_BYTES = 32 * 1_024;

/** A record to write, as every Kafka driver takes it; without a partition, because the key decides (murmur2). */
export interface InboxRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestampMs: number;
}

/**
 * An event as a record of `<project>.inbox`: for ingest's door, and for the services that write the platform's own event types past
 * it. Whoever writes keeps to MAX_EVENT_BYTES (of the value in UTF-8), sets `receivedat` to the instant of writing, and keeps (source, id) the
 * same over retries, by which ingest's processor drops repeats.
 */
export const inboxRecord = (event: HermesEvent): InboxRecord => ({
  topic: inboxTopic(event.project),
  key: event.subject,
  value: JSON.stringify(event),
  headers: {
    [EVENT_HEADERS.type]: event.type,
    [EVENT_HEADERS.source]: event.source,
    [EVENT_HEADERS.id]: event.id,
    [EVENT_HEADERS.receivedAt]: event.receivedat,
  },
  timestampMs: Date.parse(event.receivedat),
});
